import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../../embedded/paths";

describe("the machine's lock", () => {
  let state: string;
  let folder: string;
  const lock = () => join(state, "preview-stack.lock");

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "preview-test-lock-"));
    folder = join(state, "preview-stack");
    mkdirSync(folder);
  });
  afterEach(() => rmSync(state, { recursive: true }));

  /** Stands for another command at work. */
  function hold(): void {
    mkdirSync(lock());
    const holder = { command: "test", pid: 4711, since: "2026-11-29T16:40:00" };
    writeFileSync(join(folder, "lock-holder.json"), JSON.stringify(holder));
  }

  const run = (...args: string[]) =>
    execa(process.execPath, args, { cwd: checkout, env: { XDG_STATE_HOME: state }, reject: false });
  const takesIt = 'require("./embedded/machine-lock").exclusively(async () => console.log("has it"))';
  const take = () => run("--require", "ts-node/register/transpile-only", "--eval", takesIt);

  it("is checked first, and its holder and start are named", async () => {
    hold();
    const { exitCode, stderr } = await run("embedded/bootstrap.mjs", "stop", "--no-wait");
    assert.equal(
      stderr,
      "npm test (process 4711, since 16:40) is running on this machine; try again once it has finished",
    );
    assert.equal(exitCode, 1);
  });

  it("is waited for", async () => {
    hold();
    const taking = take();
    for await (const line of taking.iterable({ from: "stderr" })) {
      assert.equal(line, "Waiting for npm test (process 4711, since 16:40), up to an hour");
      rmSync(lock(), { recursive: true });
    }
    assert.equal((await taking).stdout, "has it");
  });

  it("is taken over from a killed process, which no longer renews it", async () => {
    hold();
    utimesSync(lock(), new Date(0), new Date(0));
    const { stdout, stderr } = await take();
    assert.deepEqual([stdout, stderr], ["has it", ""]);
  });
});
