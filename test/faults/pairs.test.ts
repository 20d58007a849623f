import assert from "node:assert/strict";
import type { ResultPromise } from "execa";
import { existsSync, readdirSync } from "node:fs";
import type { DeploymentRecord } from "../../contract";
import { TestRegistry } from "../../embedded";
import type { UpResult } from "../../lifecycle/up";
import { GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";
import { eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview, type TestProject } from "../engine/preview";
import { Checkouts } from "./checkouts";
import { faultTest } from "./fault";
import { descendantsOf, signal } from "./processes";
import { closes, command, leftOf, says, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";
const pull = 515;

/** Steps that build on each other: runs on one preview whose API another repository builds, which moves on meanwhile. */
describe("a pair that moves while runs meet", () => {
  const number = 90373;
  const [web, ...heads] = ["web", "api 1", "api 2", "api 3", "api 4"].map(shaOf) as [string, ...string[]];
  const [api1, api2, api3, api4] = heads as [string, string, string, string];
  const digests = new Map<string, string>();
  let github: GitHubStandIn;
  let backend: StandInRepository;
  let registry: TestRegistry;
  let checkouts: Checkouts;
  let a: TestProject;
  let b: TestProject;
  let webImage: string;

  before(async () => {
    const { api, web: shown } = await smallProduct();
    [webImage, registry, github] = await Promise.all([
      smallImage(),
      TestRegistry.start(),
      GitHubStandIn.start(repository),
    ]);
    for (const sha of heads) {
      digests.set(sha, await registry.push(webImage, "myorg/api", sha));
    }
    backend = github.repository("myorg/backend");
    backend.open(pull, { headSha: api1 });
    github.open(number, { headSha: web, body: `Depends-On: https://github.com/myorg/backend/pull/${pull}` });
    checkouts = await Checkouts.make("preview-pairs-meet", {
      ...new Preview(number).settings,
      api: { ...api, image: undefined },
      web: { ...shown, image: undefined },
      repository,
      sources: { api: { repository: "myorg/backend", image: `${registry.host}/myorg/api:\${sha}` } },
    });
    [a, b] = [checkouts.fresh(), checkouts.fresh()];
  });
  afterEach(() => github.recover());
  after(async () => {
    await (a && new Preview(number, {}, a).close());
    await checkouts?.remove();
    await github?.stop();
    await registry?.stop();
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const run = (from: TestProject, ...args: string[]) => command(args, env(), from);
  const up = (from: TestProject, ...more: string[]) =>
    run(from, "up", String(number), "--sha", web, "--web", webImage, "--json", ...more);

  async function outcome(coming: ResultPromise<{ reject: false }>): Promise<UpResult> {
    const { exitCode, stdout, stderr } = await coming;
    assert.equal(exitCode, 0, String(stderr));
    return JSON.parse(String(stdout)) as UpResult;
  }

  /** Fails unless record and cluster agree on the API's commit. */
  async function runs(commit: string): Promise<void> {
    const image = `${registry.host}/myorg/api:${commit}@${digests.get(commit)}`;
    const preview = new Preview(number, {}, a);
    const text = await preview.pulumi("stack", "output", "record", "--json", "--stack", preview.stack);
    const record = JSON.parse(text) as DeploymentRecord;
    assert.partialDeepStrictEqual(record.pair, { api: { commit, image } });
    const path = "-o=jsonpath={.spec.template.spec.containers[0].image}";
    assert.equal(await kubectl("get", "deployment/api", "-n", preview.namespace, path), image);
  }

  /** Does something when the pull request is asked about for the given time from now. */
  function atRequest(count: number, action: () => void): void {
    const path = new RegExp(`/myorg/backend/pulls/${pull}$`);
    github.fail((next) => next(), { times: count - 1, path });
    github.fail(
      (next) => {
        action();
        return next();
      },
      { times: 1, path },
    );
  }

  faultTest("a dependency is pushed to while an update waits for another", 1, async ({ recover }) => {
    await recover(async () => {
      const first = up(a);
      const { locks } = new Preview(number, {}, a);
      await eventually(() => assert.ok(existsSync(locks) && readdirSync(locks).length > 0), 60);
      const held = descendantsOf(first.pid!, /^pulumi/);
      signal(held, "SIGSTOP");
      let second: ReturnType<typeof up>;
      try {
        second = up(b);
        await says(second, /is locked by/);
        backend.push(pull, api2);
      } finally {
        signal(held, "SIGCONT");
      }
      await says(second, /myorg\/backend#515 has moved on meanwhile: starting over/);
      const outcomes = [await outcome(first), await outcome(second)];
      assert.equal(outcomes[1]!.outcome, "up");
      await runs(api2);
    });
  });

  faultTest("reconcile and an update at once, and another push to the dependency", 1, async ({ recover }) => {
    backend.push(pull, api3);
    // Each of them has asked once, or one of them has ended.
    atRequest(3, () => backend.push(pull, api4));
    await recover(async () => {
      const reconciling = run(b, "reconcile", "--json");
      const [{ exitCode, stderr }] = await Promise.all([reconciling, outcome(up(a))]);
      assert.equal(exitCode, 0, String(stderr));
      await runs(api4);
    });
  });

  faultTest("a pinned dependency has moved on, before an update and during it", 2, async ({ recover }) => {
    const pinned = (sha: string) => outcome(up(a, "--with", `myorg/backend#${pull}@${sha}`));
    const reason = (head: string, sha: string) => `the head of myorg/backend#${pull} is now ${head}, not ${sha}`;
    await recover(async () =>
      assert.deepEqual(await pinned(api3), { outcome: "stepped aside", reason: reason(api4, api3) }),
    );
    atRequest(2, () => backend.push(pull, api1));
    await recover(async () =>
      assert.deepEqual(await pinned(api4), { outcome: "stepped aside", reason: reason(api1, api4) }),
    );
    await runs(api4);
  });

  faultTest("a dependency is closed during an update", 1, async ({ recover }) => {
    atRequest(2, () => backend.close(pull));
    await recover(async () => {
      const { exitCode, stderr } = await up(a);
      assert.equal(exitCode, 2);
      assert.match(stderr, /myorg\/backend#515 was closed without being merged: name another pull request/);
    });
    await runs(api4);
  });

  it("is closed, leaving nothing behind", async () => {
    await closes(number, env(), a);
    assert.deepEqual(await leftOf(new Preview(number, {}, a), number, repository), []);
  });
});
