import assert from "node:assert/strict";
import type { ResultPromise } from "execa";
import type { UpResult } from "../../lifecycle/up";
import { GitHubStandIn, shaOf } from "../doubles/github";
import { ask, eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { Checkouts } from "./checkouts";
import { isWhole } from "../extent";
import { faultTest } from "./fault";
import { descendantsOf, signal } from "./processes";
import { closes, command, leftOf, says, smallProduct } from "./small-preview";

const repository = "myorg/orders";

/** Commands out of order, or at the same time. */
describe("concurrent commands", () => {
  let number = 90360;
  let preview: Preview;
  let other: Preview;
  let github: GitHubStandIn;
  let checkouts: Checkouts;
  /** Commands still running: when one fails, the others go on. */
  const running: Promise<unknown>[] = [];

  before(async () => {
    github = await GitHubStandIn.start(repository);
    const { settings } = new Preview(number);
    checkouts = await Checkouts.make("preview-runners", { ...settings, ...(await smallProduct()), repository });
  });
  beforeEach(() => {
    number += 1;
    github.open(number);
    preview = new Preview(number, {}, checkouts.fresh());
    other = new Preview(number, {}, checkouts.fresh());
  });
  afterEach(async () => {
    await Promise.allSettled(running.splice(0));
    await preview.close();
    await other.close();
    await kubectl("delete", "namespace", preview.namespace, "--ignore-not-found");
  });
  after(async () => {
    await github?.stop();
    await checkouts?.remove();
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const up = (push = 1, from = preview) => {
    const args = ["up", String(number), "--json", "--sha", shaOf(`${number}.${push}`)];
    const coming = command(args, env(), from.project);
    running.push(coming);
    return coming;
  };
  const close = (from = preview) => {
    const closing = closes(number, env(), from.project);
    running.push(closing);
    return closing;
  };

  async function outcome(coming: ResultPromise<{ reject: false }>): Promise<string> {
    const { exitCode, stdout, stderr } = await coming;
    assert.equal(exitCode, 0, String(stderr));
    return (JSON.parse(String(stdout)) as UpResult).outcome;
  }

  const namespace = (what: string) =>
    kubectl("get", "namespace", preview.namespace, "--ignore-not-found", "-o", `jsonpath=${what}`);
  const reaches = (phase: string) =>
    eventually(async () => assert.equal(await namespace("{.status.phase}"), phase), 120);
  const serves = () => eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));

  faultTest("two runners at once", 1, async ({ recover, left }) => {
    await recover(async () => {
      const outcomes = await Promise.all([outcome(up()), outcome(up(1, other))]);
      assert.deepEqual(outcomes, ["up", "up"]);
    });
    await serves();
    await close();
    left(await leftOf(preview, number, repository));
  });

  if (!isWhole) {
    return;
  }

  faultTest("up during close", 1, async ({ recover, left }) => {
    await outcome(up());
    const closing = close();
    await reaches("Terminating");
    await recover(async () => assert.equal(await outcome(up(1, other)), "up"));
    await closing;
    await serves();
    await close();
    left(await leftOf(preview, number, repository));
  });

  faultTest("up during close, too late", 1, async ({ recover, left }) => {
    await outcome(up());
    const closing = command(["close", String(number)], env(), preview.project);
    running.push(closing);
    await reaches("Terminating");
    const held = descendantsOf(closing.pid!);
    signal(held, "SIGSTOP");
    const late = up(1, other);
    try {
      await says(late, /still being deleted|is locked by/);
      github.close(number);
    } finally {
      signal(held, "SIGCONT");
    }
    await recover(async () => assert.equal(await outcome(late), "stepped aside"));
    assert.equal((await closing).exitCode, 0);
    left(await leftOf(preview, number, repository));
  });

  faultTest("three pushes during one update", 1, async ({ recover, left }) => {
    const first = up(1);
    await reaches("Active");
    github.push(number, shaOf(`${number}.2`));
    const second = up(2, other);
    await says(second, /is locked by/);
    github.push(number, shaOf(`${number}.3`));
    await recover(async () => {
      const outcomes = await Promise.all([first, second, up(3)].map(outcome));
      assert.deepEqual(outcomes, ["up", "stepped aside", "up"]);
    });
    assert.equal(await namespace("{.metadata.annotations.preview-stack/sha}"), shaOf(`${number}.3`));
    await close();
    left(await leftOf(preview, number, repository));
  });

  faultTest("close twice at once", 1, async ({ recover, left }) => {
    await outcome(up());
    await recover(async () => void (await Promise.all([close(), close(other)])));
    left(await leftOf(preview, number, repository));
  });
});
