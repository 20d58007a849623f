import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { SettingsInput } from "../../contract";
import { GitHubStandIn } from "../doubles/github";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { emptyCheckout } from "./checkouts";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallProduct } from "./small-preview";

const hour = 3600_000;
const repository = "myorg/orders";

/** The clock of the command `preview`. Cluster and code host have their own; durations use a monotonic clock. */
describe("a wrong clock", () => {
  const number = 90410;
  // A project of its own: reconcile looks at all stacks of a project.
  const project = emptyCheckout("preview-clocks");
  const preview = new Preview(number, {}, project);
  let product: SettingsInput;
  let github: GitHubStandIn;

  before(async () => {
    product = { ...(await smallProduct()), repository };
    github = await GitHubStandIn.start(repository);
    github.open(number);
  });
  beforeEach(() => preview.init(product));
  afterEach(() => preview.close());
  after(async () => {
    await github?.stop();
    rmSync(project.folder, { recursive: true });
  });

  const run = (args: string[], offset = "+0") =>
    command(
      args,
      {
        ...github.env,
        LD_PRELOAD: "/usr/$LIB/faketime/libfaketimeMT.so.1",
        FAKETIME: offset,
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
      project,
    );

  async function comesUp(offset?: string): Promise<void> {
    const { exitCode, stderr } = await run(["up", String(number)], offset);
    assert.equal(exitCode, 0, stderr);
  }

  /** Hours from now until the preview expires, beyond its fourteen days. */
  async function surplus(): Promise<number> {
    const path = "jsonpath={.metadata.annotations.preview-stack/expires}";
    const expires = await kubectl("get", "namespace", preview.namespace, "-o", path);
    return (Date.parse(expires) - Date.now()) / hour - 14 * 24;
  }

  const expiresIn = (hours: number) =>
    kubectl(
      ...["annotate", "--overwrite", "namespace", preview.namespace],
      `preview-stack/expires=${new Date(Date.now() + hours * hour).toISOString()}`,
    );

  async function planned(offset?: string): Promise<string | undefined> {
    const { stdout, stderr } = await run(["reconcile", "--dry-run", "--json"], offset);
    assert.notEqual(stdout, "", stderr);
    const { previews } = JSON.parse(stdout) as { previews: { pullRequest: number; action: string }[] };
    return previews.find(({ pullRequest }) => pullRequest === number)?.action;
  }

  faultTest("clock an hour ahead", 1, async ({ recover, left }) => {
    await recover(() => comesUp("+1h"));
    const hours = await surplus();
    assert.ok(hours > -0.2 && hours < 1.2, `${hours} h`);
    // Within the grace period by one clock, past it by the other.
    await expiresIn(-1.5);
    assert.equal(await planned("+1h"), "nothing");
    assert.equal(await planned("+1000h"), "nothing");
    github.clockSkew = 5 * hour;
    assert.equal(await planned(), "nothing");
    await expiresIn(-3);
    assert.equal(await planned("+1h"), "close");
    assert.equal(await planned("-24h"), "nothing");
    github.clockSkew = 0;
    await closes(number, github.env, project);
    left(await leftOf(preview, number, repository));
  });

  if (isWhole) {
    faultTest("clock years behind", 1, async ({ recover, left }) => {
      const { exitCode, stderr } = await run(["up", String(number)], "-20y");
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /isn't valid yet by this machine's clock \(20\S+\): set the clock, then run the/);
      const hours = await surplus();
      assert.ok(hours > -0.2 && hours < 0.2, `${hours} h`);
      await recover(() => comesUp());
      await closes(number, github.env, project);
      left(await leftOf(preview, number, repository));
    });
  }
});
