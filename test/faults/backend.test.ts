import assert from "node:assert/strict";
import { execa } from "execa";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SettingsInput } from "../../contract";
import { eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview, testProject } from "../engine/preview";
import { isWhole } from "../extent";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallProduct } from "./small-preview";
import { variables } from "./variables";

/** On its own disk, which holds no other stack. */
describe("a state backend that fails", () => {
  const number = 90420;
  const preview = new Preview(number);
  let folder: string;
  let product: SettingsInput;
  let restore: () => void;
  let filling: NodeJS.Timeout | undefined;

  before(async () => {
    product = await smallProduct();
    folder = mkdtempSync(join(tmpdir(), "preview-stack-backend-"));
    await execa("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]);
    restore = variables({ PULUMI_BACKEND_URL: `file://${folder}` });
  });
  beforeEach(() => preview.init(product));
  afterEach(async () => {
    await heal();
    await preview.close();
    await kubectl("delete", "namespace", preview.namespace, "--ignore-not-found");
  });
  after(async () => {
    restore?.();
    await execa("umount", ["--lazy", folder], { reject: false });
    rmSync(folder, { recursive: true, force: true });
  });

  const isFull = /the state backend's disk is full: free some space, then run the same command again/;
  const isReadOnly = /the state backend \(PULUMI_BACKEND_URL\) can't be written to: give this user write access/;
  const ballast = () => join(folder, "ballast");

  // The mount is busy while something is being written.
  const readOnly = () => eventually(() => execa("mount", ["-o", "remount,ro", folder]));

  /** Keeps filling: each file that Pulumi replaces frees some space. */
  function full(): void {
    fill();
    filling = setInterval(fill, 20);
  }

  function fill(): void {
    for (const size of [65536, 4096]) {
      try {
        for (;;) {
          appendFileSync(ballast(), Buffer.alloc(size));
        }
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
      }
    }
  }

  /** An empty lock under its final name, and under the temporary one that Pulumi writes first. */
  function leaveEmptyLock(): void {
    mkdirSync(preview.locks, { recursive: true });
    const name = "00000000-0000-4000-8000-000000000000.json";
    [name, `${name}.1a2b3c4d.tmp`].forEach((file) => writeFileSync(join(preview.locks, file), ""));
  }

  async function heal(): Promise<void> {
    clearInterval(filling);
    await execa("mount", ["-o", "remount,rw", folder]);
    rmSync(ballast(), { force: true });
  }

  const run = (action: "up" | "close") => command([action, String(number)]);

  async function comesUp(...says: RegExp[]): Promise<void> {
    const { exitCode, stderr } = await run("up");
    assert.equal(exitCode, 0, stderr);
    says.forEach((words) => assert.match(stderr, words));
  }

  async function fails(running: ReturnType<typeof run>, words: RegExp): Promise<void> {
    const { exitCode, stderr } = await running;
    assert.notEqual(exitCode, 0);
    assert.match(stderr, words);
  }

  const exists = async (kind: string, name: string) =>
    (await kubectl("get", kind, name, "-n", preview.namespace, "--ignore-not-found", "-o", "name")) !== "";

  const isBegun = () =>
    eventually(async () => assert.ok(await exists("namespace", preview.namespace), "the update has made nothing yet"));

  async function isGone(): Promise<string[]> {
    await closes(number);
    return leftOf(preview, number);
  }

  faultTest("backend: read-only before up, an empty lock, read-only before close", 3, async ({ recover, left }) => {
    await readOnly();
    await fails(run("up"), isReadOnly);
    assert.equal(await exists("namespace", preview.namespace), false);
    await heal();
    await recover(comesUp);
    leaveEmptyLock();
    await recover(() => comesUp(/pr-90420 had an empty lock, left behind by a full disk: removed it/));
    await readOnly();
    await fails(run("close"), isReadOnly);
    assert.equal(await exists("service", "web"), true);
    await heal();
    await recover(async () => left(await isGone()));
  });

  if (isWhole) {
    // Pulumi itself keeps trying to write the state for some minutes.
    faultTest("backend: full during up", 1, async ({ recover, left }) => {
      const coming = run("up");
      await isBegun();
      full();
      await fails(coming, isFull);
      await heal();
      await recover(comesUp);
      left(await isGone());
    });

    faultTest("backend: state file truncated", 2, async ({ recover, left }) => {
      await comesUp();
      const state = join(folder, ".pulumi/stacks", testProject.name, `${preview.stack}.json`);
      const cut = () => truncateSync(state, Math.floor(statSync(state).size / 2));
      cut();
      await recover(() => comesUp(/the state of pr-90420 was truncated: restored the one before its last change/));
      rmSync(`${state}.bak`);
      cut();
      await recover(async () => left(await isGone()));
    });

    faultTest("backend: full during close", 1, async ({ recover, left }) => {
      await comesUp();
      const closing = run("close");
      const phase = () => kubectl("get", "namespace", preview.namespace, "-o", "jsonpath={.status.phase}");
      await eventually(async () => assert.equal(await phase(), "Terminating"));
      full();
      await fails(closing, isFull);
      await heal();
      await recover(async () => left(await isGone()));
    });

    faultTest("backend: read-only during up", 1, async ({ recover, left }) => {
      const coming = run("up");
      await isBegun();
      await readOnly();
      await fails(coming, isReadOnly);
      await heal();
      await recover(comesUp);
      left(await isGone());
    });
  }
});
