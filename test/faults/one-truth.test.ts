import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentRecord, SettingsInput } from "../../contract";
import { resourcesOf, type State } from "../../clients/pulumi/state";
import { GitHubStandIn, shaOf } from "../doubles/github";
import { eventually } from "../engine/http";
import { kubectl, query } from "../engine/kubectl";
import { Preview, type TestProject } from "../engine/preview";
import { isWhole } from "../extent";
import { Checkouts } from "./checkouts";
import { faultTest } from "./fault";
import { OtherCluster } from "./other-cluster";
import { descendantsOf, signal } from "./processes";
import { closes, command, leftOf, says, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";
const number = 90370;

/** Seconds between the start of the first run and the second. */
const offsets = isWhole ? [0, 0.5, 2, 5] : [2];

/** The desired state of a preview is kept in one place, whoever changes it, from any checkout. */
describe("a preview that is changed from several checkouts", () => {
  let github: GitHubStandIn;
  let checkouts: Checkouts;
  /** The images of the product's versions. */
  let images: string[];
  let a: TestProject;
  let b: TestProject;

  before(async () => {
    github = await GitHubStandIn.start(repository);
    github.open(number);
    const { api, web } = await smallProduct();
    images = await Promise.all(["", "next", "b5", "b7"].map(smallImage));
    const shared: SettingsInput = {
      ...new Preview(number).settings,
      repository,
      api: { ...api, image: undefined },
      web: { ...web, image: undefined },
    };
    const secrets = { "api.secrets.SHARED_TOKEN": "not really secret" };
    checkouts = await Checkouts.make("preview-one-truth", shared, secrets);
    [a, b] = [checkouts.fresh(), checkouts.fresh()];
    await up(a, "--api", images[0]!, "--web", images[0]!);
    await query(namespace(), "create table kept ()");
  });
  after(async () => {
    await github?.stop();
    await (a && new Preview(number, {}, a).close());
    await checkouts?.remove();
  });

  const env = (more: Record<string, string> = {}) => ({ ...github.env, GITHUB_REPOSITORY: repository, ...more });
  const run = (project: TestProject, ...args: string[]) => command(args, env(), project);
  const namespace = () => new Preview(number).namespace;
  const inPulumi = (project: TestProject, ...args: string[]) => new Preview(number, {}, project).pulumi(...args);

  async function succeeds(project: TestProject, verb: string, ...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(project, verb, String(number), ...args);
    assert.equal(exitCode, 0, stderr + stdout);
    return stdout;
  }
  const up = (project: TestProject, ...args: string[]) => succeeds(project, "up", ...args);

  async function record(): Promise<DeploymentRecord> {
    const text = await inPulumi(a, "stack", "output", "record", "--json", "--stack", `pr-${number}`);
    return JSON.parse(text) as DeploymentRecord;
  }

  const runs = (part: string) =>
    kubectl("get", `deployment/${part}`, "-n", namespace(), "-o", "jsonpath={.spec.template.spec.containers[0].image}");
  const replicas = () =>
    kubectl("get", "deployments,statefulsets", "-n", namespace(), "-o", "jsonpath={.items[*].spec.replicas}");

  async function resources(): Promise<string[]> {
    const state = JSON.parse(await inPulumi(a, "stack", "export", "--stack", `pr-${number}`)) as State;
    return resourcesOf(state).map(({ urn, id }) => `${urn} ${id}`);
  }

  /** Fails unless state, cluster and the namespace's annotations agree. */
  async function is(api: string, web: string): Promise<void> {
    const { settings } = await record();
    assert.deepEqual([settings["api.image"], settings["web.image"]], [api, web], "the record");
    assert.deepEqual([await runs("api"), await runs("web")], [api, web], "the cluster");
    const noted = await kubectl("get", "namespace", namespace(), "-o", "json");
    const { annotations } = (JSON.parse(noted) as { metadata: { annotations: Record<string, string> } }).metadata;
    assert.deepEqual([annotations["preview-stack/api"], annotations["preview-stack/web"]], [api, web], "the note");
  }

  const isKept = async () => assert.equal(await query(namespace(), "select count(*) from kept"), "0");

  it("wakes, sleeps and resets from any checkout as last deployed, not as that checkout's file says", async () => {
    await up(b, "--api", images[1]!, "--web", images[1]!);
    await succeeds(a, "sleep");
    await succeeds(a, "wake");
    await is(images[1]!, images[1]!);
    const status = JSON.parse(await succeeds(a, "status", "--json")) as { images: object };
    assert.deepEqual(status.images, { api: images[1], web: images[1] });
    await isKept();
  });

  it("isn't reverted by a checkout's old file, which is updated to what is deployed", async () => {
    await up(a);
    await is(images[1]!, images[1]!);
    const file = new Preview(number, {}, a).file;
    assert.ok(readFileSync(file, "utf8").includes(images[1]!), "the view of what was deployed");
    assert.doesNotMatch(readFileSync(file, "utf8"), /not really secret/);
  });

  faultTest("two concurrent updates, each of one half, from two checkouts", offsets.length, async ({ recover }) => {
    const halves = [images[2]!, images[3]!];
    for (const [index, offset] of offsets.entries()) {
      const [api, web] = index % 2 === 0 ? halves : halves.toReversed();
      await recover(async () => {
        const first = run(checkouts.fresh(), "up", String(number), "--api", api!);
        await sleep(offset * 1000);
        const second = run(checkouts.fresh(), "up", String(number), "--web", web!);
        for (const { exitCode, stderr } of await Promise.all([first, second])) {
          assert.equal(exitCode, 0, stderr);
        }
        await is(api!, web!);
      });
    }
    await isKept();
  });

  faultTest("two updates in one checkout, the second cancelled while it waits", 1, async ({ recover }) => {
    const shas = [1, 2].map((push) => shaOf(`${number}.${push}`));
    const of = (image: string, sha: string) => ["up", String(number), "--api", image, "--web", image, "--sha", sha];
    await recover(async () => {
      github.push(number, shas[0]!);
      const first = run(a, ...of(images[0]!, shas[0]!));
      const { locks } = new Preview(number, {}, a);
      await eventually(() => assert.ok(existsSync(locks) && readdirSync(locks).length > 0));
      const held = descendantsOf(first.pid!, /^pulumi/);
      signal(held, "SIGSTOP");
      try {
        github.push(number, shas[1]!);
        const second = run(a, ...of(images[1]!, shas[1]!));
        await says(second, /is locked by/);
        process.kill(-second.pid!, "SIGINT");
        assert.equal((await second).exitCode, 130);
      } finally {
        signal(held, "SIGCONT");
      }
      const { exitCode, stderr } = await first;
      assert.equal(exitCode, 0, stderr);
      await is(images[0]!, images[0]!);
      assert.equal((await record()).commit, shas[0]);
    });
  });

  faultTest("an update that is overtaken by another while it is delayed", 1, async ({ recover }) => {
    await recover(async () => {
      const sha = shaOf(`${number}.2`);
      const first = run(a, "up", String(number), "--web", images[1]!, "--comment", "--json");
      await says(first, /Deployment \S+-web updated/);
      process.kill(first.pid!, "SIGSTOP");
      try {
        await up(b, "--api", images[2]!, "--web", images[2]!, "--sha", sha, "--comment");
      } finally {
        process.kill(first.pid!, "SIGCONT");
      }
      const { exitCode, stdout, stderr } = await first;
      assert.equal(exitCode, 0, stderr);
      const reason = `another run has changed pr-${number} meanwhile`;
      assert.deepEqual(JSON.parse(stdout), { outcome: "stepped aside", reason });
      await is(images[2]!, images[2]!);
      assert.equal((await record()).commit, sha);
      assert.ok(github.comments.at(-1)!.body.includes(images[2]!));
    });
    await isKept();
  });

  it("keeps what a plain pulumi up has set", async () => {
    const c = checkouts.fresh();
    await inPulumi(c, "config", "cp", "--stack", "preview", "--dest", `pr-${number}`);
    const set = (path: string, value: string) =>
      inPulumi(c, "config", "set", "--stack", `pr-${number}`, "--path", path, value);
    await set("api.image", images[0]!);
    await set("web.image", images[0]!);
    await set("api.env.BY_HAND", "yes");
    await inPulumi(c, "config", "set", "--stack", `pr-${number}`, "--path", "database.generation", "2");
    await inPulumi(c, "up", "--stack", `pr-${number}`, "--yes", "--skip-preview");
    await query(namespace(), "create table entered ()");
    await up(b);
    assert.equal(await query(namespace(), "select count(*) from entered"), "0");
    const { settings } = await record();
    assert.deepEqual([settings["api.image"], settings["api.env.BY_HAND"]], [images[0], "yes"]);
    await inPulumi(c, "config", "set", "--stack", `pr-${number}`, "asleep", "true");
    await inPulumi(c, "up", "--stack", `pr-${number}`, "--yes", "--skip-preview");
    await up(b);
    assert.equal(await replicas(), "0 0 0");
    await succeeds(b, "wake");
    assert.equal(await query(namespace(), "select count(*) from entered"), "0");
  });

  it("refuses a plain pulumi up from an outdated or conflicting file, with both values", async () => {
    await up(b);
    await up(a, "--web", images[3]!);
    const older = inPulumi(b, "up", "--stack", `pr-${number}`, "--yes", "--skip-preview");
    await assert.rejects(older, (error: Error) => {
      assert.match(error.message, /Pulumi\.pr-90370\.yaml is older than what is deployed, and nothing was changed/);
      assert.ok(
        error.message.includes(`web.image: "${images[0]}" in the file, "${images[3]}" deployed`),
        error.message,
      );
      return true;
    });
    await inPulumi(b, "config", "set", "--stack", `pr-${number}`, "--path", "web.image", images[1]!);
    const { exitCode, stderr } = await run(b, "up", String(number));
    assert.equal(exitCode, 2);
    assert.ok(stderr.includes(`web.image: "${images[1]}" in the file, "${images[3]}" deployed`), stderr);
    await is(images[0]!, images[3]!);
    await up(b, "--web", images[1]!);
    await is(images[0]!, images[1]!);
  });

  it("never records a refused change as deployed", async () => {
    const c = checkouts.fresh();
    cpSync(new Preview(number, {}, b).file, new Preview(number, {}, c).file);
    await inPulumi(c, "config", "set", "--stack", `pr-${number}`, "--path", "api.image", images[3]!);
    await inPulumi(c, "config", "set", "--stack", `pr-${number}`, "--path", "database.storage", "3Gi");
    const refused = inPulumi(c, "up", "--stack", `pr-${number}`, "--yes", "--skip-preview");
    await assert.rejects(refused, /database\.storage: the database can't be changed from 1Gi to 3Gi/);
    await up(checkouts.fresh());
    await is(images[0]!, images[1]!);
  });

  it("follows the shared settings, except for its own", async () => {
    const changed = checkouts.fresh();
    const set = (path: string, value: string) =>
      inPulumi(changed, "config", "set", "--stack", "preview", "--path", path, value);
    await set("api.env.BY_HAND", "no");
    await set("web.env.NEW_FOR_ALL", "yes");
    await inPulumi(
      changed,
      "config",
      "set",
      "--stack",
      "preview",
      "--secret",
      "--path",
      "api.secrets.SHARED_TOKEN",
      "rotated",
    );
    await up(changed);
    const variable = (part: string, name: string) =>
      kubectl("exec", "-n", namespace(), `deployment/${part}`, "--", "printenv", name);
    assert.equal(await variable("api", "BY_HAND"), "yes");
    assert.equal(await variable("web", "NEW_FOR_ALL"), "yes");
    assert.equal(await variable("api", "SHARED_TOKEN"), "rotated");
    const state = await inPulumi(a, "stack", "export", "--stack", `pr-${number}`);
    assert.doesNotMatch(state, /rotated/);
  });

  faultTest("another cluster with the same name", 1, async ({ recover }) => {
    const other = await OtherCluster.start();
    await up(a);
    try {
      const before = await resources();
      for (const verb of ["up", "sleep", "wake", "reset-db", "close"]) {
        const { exitCode, stderr } = await command([verb, String(number)], env({ KUBECONFIG: other.kubeconfig }), a);
        assert.equal(exitCode, 2, `${verb}: ${stderr}`);
        assert.match(stderr, /nothing was changed: the context "preview-deployer" leads to the cluster 0{8}-/, verb);
        assert.match(stderr, /pulumi stack rm --force --stack pr-90370\), then run preview close 90370/, verb);
      }
      const elsewhere = new Preview(number, {}, a, { KUBECONFIG: other.kubeconfig });
      for (const args of [["up", "--yes", "--skip-preview"], ["preview"]]) {
        await assert.rejects(
          elsewhere.pulumi(...args, "--stack", `pr-${number}`),
          /kubeContext: the context "preview-deployer" leads to the cluster 0{8}-/,
        );
      }
      assert.deepEqual(await resources(), before);
    } finally {
      other.stop();
    }
    await recover(async () => void (await up(a)));
  });

  it("is closed, leaving nothing in any checkout that closes it", async () => {
    await closes(number, env(), a);
    assert.deepEqual(await leftOf(new Preview(number, {}, a), number, repository), []);
    assert.equal(existsSync(join(a.folder, ".deployed", `Pulumi.pr-${number}.yaml`)), false);
  });
});
