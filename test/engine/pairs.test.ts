import assert from "node:assert/strict";
import type { DeploymentRecord, Outputs, Pair, Resolved } from "../../contract";
import { manifestFile } from "../../contract";
import { TestRegistry } from "../../embedded";
import type { PairNow } from "../../lifecycle/pairs";
import { GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";
import { Checkouts } from "../faults/checkouts";
import { closes, command, leftOf, says, smallImage, smallProduct } from "../faults/small-preview";
import { eventually } from "./http";
import { kubectl } from "./kubectl";
import { Preview } from "./preview";

const repository = "myorg/orders";
const dependsOn = (pull: number) => `Depends-On: https://github.com/myorg/backend/pull/${pull}`;

/** Steps that build on each other: one preview whose API another repository builds. What needs no preview is in test/unit/pair-resolution.test.ts. */
describe("a pair's life", () => {
  const number = 90065;
  let preview: Preview;
  let github: GitHubStandIn;
  let backend: StandInRepository;
  let registry: TestRegistry;
  let checkouts: Checkouts;
  let image: string;
  /** By commit. */
  const digests = new Map<string, string>();

  const [web1, web2] = ["web 1", "web 2"].map(shaOf) as [string, string];
  const [api1, api2, other] = ["api 1", "api 2", "other"].map(shaOf) as [string, string, string];
  const [base, merge, later] = ["base", "merge", "later"].map(shaOf) as [string, string, string];

  before(async () => {
    [image, registry, github] = await Promise.all([
      smallImage(),
      TestRegistry.start(),
      GitHubStandIn.start(repository),
    ]);
    backend = github.repository("myorg/backend");
    backend.commit(base, { branch: "main" });
    backend.open(515, { headSha: api1 });
    backend.open(516, { headSha: other, mergeCommit: merge });
    github.open(number, { headSha: web1, body: `Adds a button.\n\n${dependsOn(515)}\n` });
    const { api, web } = await smallProduct();
    checkouts = await Checkouts.make("preview-pairs", {
      ...new Preview(number).settings,
      api: { ...api, image: undefined },
      web: { ...web, image: undefined },
      repository,
      sources: { api: { repository: "myorg/backend", image: `${registry.host}/myorg/api:\${sha}` } },
    });
    preview = new Preview(number, {}, checkouts.fresh());
  });
  after(async () => {
    await preview?.close();
    await checkouts?.remove();
    await github?.stop();
    await registry?.stop();
  });

  const run = (...args: string[]) => command(args, { ...github.env, GITHUB_REPOSITORY: repository }, preview.project);
  async function succeeds(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(...args);
    assert.equal(exitCode, 0, stderr + stdout);
    return stdout;
  }
  const resolved = async (...args: string[]) =>
    JSON.parse(await succeeds("resolve", String(number), "--json", ...args)) as PairNow;
  const up = (sha: string) => ["up", String(number), "--sha", sha, "--web", webImage(sha), "--comment"];
  const webImage = (sha: string) => `${registry.host}/myorg/web:${sha}`;

  async function build(part: "api" | "web", sha: string): Promise<void> {
    digests.set(sha, await registry.push(image, `myorg/${part}`, sha));
  }

  /** What `reconcile` did with the preview, or would do. Others may be up beside it, which aren't this project's. */
  async function reconciled(...args: string[]): Promise<Reconciled> {
    const { stdout } = await run("reconcile", ...args, "--json");
    const { previews } = JSON.parse(stdout) as { previews: Reconciled[] };
    const own = previews.find(({ pullRequest }) => pullRequest === number);
    assert.ok(own, stdout);
    return own;
  }

  async function podOf(part: string): Promise<{ uid: string; imageID: string }> {
    const selected = ["-n", preview.namespace, "-l", `app.kubernetes.io/name=${part}`, "-o", "json"];
    const { items } = JSON.parse(await kubectl("get", "pods", ...selected)) as { items: Pod[] };
    const [pod, ...more] = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assert.ok(pod !== undefined && more.length === 0, `${part} has ${more.length + (pod ? 1 : 0)} pods`);
    return { uid: pod.metadata.uid, imageID: pod.status.containerStatuses[0]!.imageID };
  }
  const podsNow = async () => [await podOf("api"), await podOf("web")];

  /** Fails unless record, outputs, annotations, status and the pods agree on the two halves. */
  async function runs(web: string, expected: Omit<Resolved, "repository" | "image">): Promise<void> {
    const image = `${registry.host}/myorg/api:${expected.commit}@${digests.get(expected.commit)}`;
    const pair: Pair = { api: { repository: "myorg/backend", ...expected, image } };
    const outputs = JSON.parse(
      await preview.pulumi("stack", "output", "--json", "--stack", preview.stack),
    ) as Outputs & { record: DeploymentRecord };
    assert.deepEqual([outputs.record.pair, outputs.record.commit], [pair, web], "the record");
    assert.deepEqual(outputs.images, { api: image, web: webImage(web) }, "the outputs");
    assert.deepEqual(outputs.revisions, { api: expected.commit, web }, "the revisions");
    const namespace = JSON.parse(await kubectl("get", "namespace", preview.namespace, "-o", "json")) as {
      metadata: { annotations: Record<string, string> };
    };
    const { annotations } = namespace.metadata;
    assert.deepEqual(JSON.parse(annotations["preview-stack/pair"]!), pair, "the annotation");
    assert.equal(annotations["preview-stack/sha"], web, "the annotation");
    const status = JSON.parse(await succeeds("status", String(number), "--json")) as { pair: Pair };
    assert.deepEqual(status.pair, pair, "status");
    const { imageID } = await podOf("api");
    assert.equal(imageID, `${registry.host}/myorg/api@${digests.get(expected.commit)}`);
  }

  function commented(web: string, api: string, from: string): void {
    const { body } = github.comments.at(-1)!;
    for (const part of [web, api, digests.get(api)!, `| ${from} |`]) {
      assert.ok(body.includes(part), `${part} isn't in ${body}`);
    }
  }

  it("resolves what the command line says, or else the file, or else the line", async () => {
    await Promise.all([build("api", base), build("api", other)]);
    const table: [asked: PairNow, commit: string, pin: string, isBuilt: boolean][] = [
      [await resolved(), api1, `myorg/backend#515@${api1}`, false],
      [await resolved("--with", "MyOrg/backend#516"), other, `myorg/backend#516@${other}`, true],
      [await resolved("--with", `myorg/backend@${base}`), base, `myorg/backend@${base}`, true],
    ];
    github.repository(repository).commit(web1, {
      parents: [],
      files: { [manifestFile]: 'api: { pull: "myorg/backend#516" }\n' },
    });
    table.push(
      [await resolved(), other, `myorg/backend#516@${other}`, true],
      [await resolved("--with", "myorg/backend#515"), api1, `myorg/backend#515@${api1}`, false],
    );
    github.repository(repository).commit(web1, { parents: [], files: {} });
    for (const [{ pair, missing, with: pins }, commit, pin, isBuilt] of table) {
      assert.deepEqual([Object.keys(pair), Object.keys(missing)], isBuilt ? [["api"], []] : [[], ["api"]]);
      const { api } = { ...pair, ...missing };
      const tagged = `${registry.host}/myorg/api:${commit}`;
      assert.deepEqual(
        [api!.commit, api!.image, pins],
        [commit, isBuilt ? `${tagged}@${digests.get(commit)}` : tagged, [pin]],
      );
    }
  });

  it("begins once the other repository has built its half", async () => {
    await build("web", web1);
    const coming = run(...up(web1));
    await says(
      coming,
      /waiting for the build of 127\S+\/myorg\/api:\w{40} of myorg\/backend#515: 0 of at most 20 minutes/,
    );
    assert.equal(preview.exists(), false);
    await build("api", api1);
    const { exitCode, stderr } = await coming;
    assert.equal(exitCode, 0, stderr);
    await runs(web1, { ref: { pull: 515 }, commit: api1 });
    commented(web1, api1, "myorg/backend#515");
    const { stdout } = await run("verify", String(number), "--json");
    const { findings } = JSON.parse(stdout) as { findings: { id: string; outcome: string; seen: string }[] };
    assert.partialDeepStrictEqual(
      findings.filter(({ id }) => id === "pair"),
      [{ outcome: "passed", seen: `api myorg/backend#515 at ${api1}` }],
    );
  });

  it("stays as it is while nothing is new, and while what is new isn't built", async () => {
    const before = await podsNow();
    assert.partialDeepStrictEqual(await reconciled(), { action: "nothing" });
    // Not on top of what was deployed, as after a force-push.
    backend.push(515, api2);
    assert.partialDeepStrictEqual(await reconciled(), {
      action: "redeploy",
      reason: `myorg/backend#515 has moved: deployed ${api1.slice(0, 7)}, head ${api2.slice(0, 7)}`,
      outcome: "left alone",
      why: `not built yet: ${registry.host}/myorg/api:${api2} of myorg/backend#515; look at that repository's build of this commit`,
    });
    assert.deepEqual(await podsNow(), before);
  });

  it("follows a push to the other half, and leaves its own alone", async () => {
    const web = await podOf("web");
    await build("api", api2);
    const all = await reconciled("--comment", "--depends-on", "MyOrg/backend#515");
    assert.partialDeepStrictEqual(all, { outcome: "done" });
    await runs(web1, { ref: { pull: 515 }, commit: api2 });
    commented(web1, api2, "myorg/backend#515");
    assert.deepEqual(await podOf("web"), web);
  });

  it("keeps the other half at its own push", async () => {
    const api = await podOf("api");
    github.push(number, web2);
    await build("web", web2);
    await succeeds(...up(web2));
    await runs(web2, { ref: { pull: 515 }, commit: api2 });
    commented(web2, api2, "myorg/backend#515");
    assert.deepEqual(await podOf("api"), api);
  });

  it("stays as it is while what it depends on is closed, or comes from a fork", async () => {
    const before = await podsNow();
    backend.close(515);
    const closed =
      "myorg/backend#515, which was closed without being merged: name another pull request, or remove this one";
    assert.partialDeepStrictEqual(await reconciled(), { action: "report", reason: `depends on ${closed}` });
    const { exitCode, stderr } = await run(...up(web2));
    assert.equal(exitCode, 2);
    assert.match(stderr, /the description, line 3: myorg\/backend#515 was closed without being merged: name/);
    backend.open(515, { fork: true, headSha: other });
    assert.partialDeepStrictEqual(await reconciled(), {
      action: "report",
      reason: "depends on myorg/backend#515, which comes from a fork: its commits are never taken",
    });
    assert.partialDeepStrictEqual(await reconciled(String(number)), {
      action: "report",
      reason:
        "the description, line 3: myorg/backend#515 comes from a fork, whose commits are never taken: name a pull request from a branch of myorg/backend",
    });
    backend.open(515, { fork: false, headSha: api2 });
    assert.deepEqual(await podsNow(), before);
  });

  it("follows an edited line as soon as it is asked about this preview, and wakes with it", async () => {
    await succeeds("sleep", String(number));
    github.open(number, { body: dependsOn(516) });
    assert.partialDeepStrictEqual(await reconciled(), { action: "nothing" });
    const { reason, outcome } = await reconciled(String(number));
    assert.match(reason, /^paired with myorg\/backend#516 /);
    assert.equal(outcome, "done");
    await succeeds("wake", String(number));
    await eventually(() => runs(web2, { ref: { pull: 516 }, commit: other }), 30);
  });

  it("takes the branch's image once what it depends on is merged", async () => {
    backend.close(516, { merged: true });
    // The branch's image of before is no substitute.
    assert.partialDeepStrictEqual(await reconciled(), {
      reason: "myorg/backend#516 is merged",
      outcome: "left alone",
    });
    // The merge's own build was skipped for the next one.
    backend.commit(later, { branch: "main" });
    await build("api", later);
    assert.partialDeepStrictEqual(await reconciled("--comment"), { outcome: "done" });
    await runs(web2, { ref: { pull: 516 }, merged: true, commit: later });
    commented(web2, later, "myorg/backend#516 (merged)");
    backend.commit(shaOf("even later"), { branch: "main" });
    assert.partialDeepStrictEqual(await reconciled(), { action: "nothing" });
  });

  it("is closed, and leaves nothing behind", async () => {
    await closes(number, { ...github.env, GITHUB_REPOSITORY: repository }, preview.project);
    assert.deepEqual(await leftOf(preview, number, repository), []);
  });
});

interface Reconciled {
  readonly pullRequest: number;
  readonly action: string;
  readonly reason: string;
  readonly outcome?: string;
  readonly why?: string;
}

interface Pod {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly containerStatuses: readonly { readonly imageID: string }[] };
}
