import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Receipt, SettingsInput } from "../../contract";
import type { Status } from "../../lifecycle/status";
import { faults, GitHubStandIn, shaOf } from "../doubles/github";
import { ask, eventually } from "../engine/http";
import { kubectl, query } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { emptyCheckout } from "./checkouts";
import { isAlive } from "./processes";
import { command, leftOf, says, smallImage, smallProduct } from "./small-preview";

const repository = "myorg/orders";

/** Steps that build on each other: one preview's life, from a pull request's opening to its end. */
describe("a pull request's preview, with the command preview", () => {
  const number = 90082;
  // A project of its own: commands without a number look at all stacks of a project.
  const project = emptyCheckout("preview-lifecycle");
  const preview = new Preview(number, {}, project);
  let product: SettingsInput;
  let github: GitHubStandIn;

  before(async () => {
    product = await smallProduct();
    github = await GitHubStandIn.start(repository);
    github.open(number);
  });
  after(async () => {
    await github?.stop();
    const hold = [
      "configmap",
      "held",
      "-n",
      preview.namespace,
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    ];
    await kubectl("patch", ...hold).catch(() => "");
    await preview.close();
    rmSync(project.folder, { recursive: true });
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const run = async (...args: string[]) => command(args, env(), project);
  const up = (...args: string[]) => run("up", String(number), "--json", ...args);

  async function succeeds(...args: string[]): Promise<Record<string, unknown>> {
    const { exitCode, stdout, stderr } = await up(...args);
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  interface Closing {
    readonly exitCode?: number;
    readonly stderr: string;
    readonly states: readonly string[];
    readonly existed?: Receipt["existed"];
    readonly asked: readonly string[];
  }

  async function receipt(...args: string[]): Promise<Closing> {
    const { exitCode, stdout, stderr } = await run("close", String(number), "--json", ...args);
    const printed = stdout === "" ? undefined : (JSON.parse(stdout) as Receipt);
    const states = new Set(Object.values(printed?.seen ?? {}).map(({ state }) => state));
    const asked = (printed?.asked ?? []).map(({ what }) => what);
    return { exitCode, stderr, states: [...states], existed: printed?.existed, asked };
  }

  /** The preview among those that `preview status` lists. */
  async function listed(): Promise<Partial<Status>> {
    const { exitCode, stdout, stderr } = await run("status", "--json");
    assert.equal(exitCode, 0, stderr);
    const { format, previews } = JSON.parse(stdout) as { format: string; previews: Status[] };
    assert.equal(format, "preview-stack/status/v1");
    return previews.find(({ pullRequest }) => pullRequest === number) ?? {};
  }

  // The migration's succeeded pod stays.
  const unended = "--field-selector=status.phase!=Succeeded";
  const runningPods = () => kubectl("get", "pods", "-n", preview.namespace, unended, "-o", "name");

  it("comes up for the head, and says so on the pull request without a password", async () => {
    await preview.init({ ...product, repository });
    const result = await succeeds("--sha", shaOf(`${number}.1`), "--comment");
    assert.equal(result.outcome, "up");
    const [comment] = github.comments;
    assert.match(comment!.body, new RegExp(`Preview ready: ${preview.names.origin}`));
    const { password } = await preview.login();
    assert.ok(!comment!.body.includes(password));
    await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
  });

  it("is listed by status, with all its details", async () => {
    const sha = shaOf(`${number}.1`);
    const { state, sha: deployed, head, health, requests, wrong } = await listed();
    assert.deepEqual(
      { state, deployed, head, health, requests, wrong },
      {
        state: "open",
        deployed: sha,
        head: sha,
        health: "200",
        requests: { cpu: 0.15, memory: 384 * 2 ** 20 },
        wrong: [],
      },
    );
    const { stdout } = await run("status");
    const line = stdout.split("\n").find((one) => one.includes(`${preview.namespace} `));
    const cells = line?.split(/[║│]/).map((cell) => cell.trim());
    const [, name, shown, ...more] = cells ?? [];
    assert.deepEqual(
      [name, shown, ...more.slice(0, 3)],
      [preview.namespace, "open", sha.slice(0, 7), sha.slice(0, 7), "200"],
    );
    assert.match(more.slice(3).join(" "), /^\d+[sm] in 13d 150m 384Mi/);
    const one = JSON.parse((await run("status", String(number), "--json")).stdout) as Record<string, unknown>;
    assert.deepEqual(
      [one.url, one.answers, one.state, one.sha, one.wrong],
      [preview.names.origin, "200", "open", sha, []],
    );
  });

  it("is listed even when cluster or code host can't be reached, with the unknown as not checked", async () => {
    const unreachable = { ...env(), KUBECONFIG: "/nonexistent" };
    const { exitCode, stdout, stderr } = await command(["status", "--json"], unreachable, project);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^› cluster not checked: .+$/m);
    const { previews } = JSON.parse(stdout) as { previews: Status[] };
    const unseen = previews.find(({ pullRequest }) => pullRequest === number)!;
    assert.deepEqual(
      [unseen.state, unseen.sha, unseen.created, unseen.requests, unseen.health],
      ["open", "not checked", "not checked", "not checked", "200"],
    );
    github.fail(faults.html(), { times: 1, path: /\/pulls$/ });
    const unasked = await listed();
    assert.deepEqual(
      [unasked.state, unasked.head, unasked.sha, unasked.wrong],
      ["not checked", "not checked", shaOf(`${number}.1`), []],
    );
  });

  it("isn't opened in a browser when it is a fork's", async () => {
    const pullRequest = github.pullRequests.get(number)!;
    pullRequest.fork = true;
    const folder = mkdtempSync(join(tmpdir(), "preview-test-screenshots-"));
    const { exitCode, stderr } = await up("--screenshots", folder);
    pullRequest.fork = false;
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stderr,
      /^› no screenshots: pages of a pull request from a fork aren't opened where there are secrets$/m,
    );
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });

  it("is left alone by a run for a commit that is no longer the head", async () => {
    github.push(number, shaOf(`${number}.2`));
    const result = await succeeds("--sha", shaOf(`${number}.1`));
    assert.equal(result.outcome, "stepped aside");
    assert.match(String(result.reason), new RegExp(shaOf(`${number}.2`)));
    const { head, wrong } = await listed();
    assert.deepEqual({ head, wrong }, { head: shaOf(`${number}.2`), wrong: ["stale"] });
  });

  it("sleeps with its data, isn't woken by an update, and wakes as it was", async () => {
    const migrations = () => kubectl("get", "jobs", "-n", preview.namespace, "-o", "jsonpath={.items[*].metadata.uid}");
    const migrated = await migrations();
    await query(preview.namespace, "create table kept as select 1 as one");
    assert.equal((await run("sleep", String(number))).exitCode, 0);
    await eventually(async () => assert.equal(await runningPods(), ""));
    const { health, requests } = await listed();
    assert.deepEqual({ health, requests }, { health: "asleep", requests: { cpu: 0, memory: 0 } });
    assert.equal((await succeeds()).asleep, true);
    assert.equal((await listed()).sha, shaOf(`${number}.1`));
    assert.equal(await runningPods(), "");
    assert.equal((await run("wake", String(number))).exitCode, 0);
    assert.equal((await ask(`${preview.names.origin}/`)).status, 200);
    assert.equal(await query(preview.namespace, "select one from kept"), "1");
    assert.equal(await migrations(), migrated);
    // Managed by Pulumi alone again, so that it can change them.
    const owners = await kubectl(
      "get",
      "deployments,statefulsets",
      "-n",
      preview.namespace,
      "--show-managed-fields",
      "-o",
      "json",
    );
    assert.doesNotMatch(owners, /preview-wake/);
  });

  it("has an image that can't be pulled, and status names the part", async () => {
    await kubectl("set", "image", "-n", preview.namespace, "deployment/web", "*=preview.invalid/none:1");
    await eventually(async () => {
      assert.match((await listed()).wrong!.join(), /^stale,web: (ErrImagePull|ImagePullBackOff)$/);
    });
  });

  it("comes up again when somebody has deleted its namespace", async () => {
    await kubectl("delete", "namespace", preview.namespace);
    assert.deepEqual((await listed()).wrong, ["there is no namespace"]);
    const result = await succeeds();
    assert.equal(result.outcome, "up");
    await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
  });

  it("isn't closed while a finalizer blocks an object in it, and both are named", async () => {
    await kubectl("create", "configmap", "held", "--from-literal=a=b", "-n", preview.namespace);
    const finalizer = '{"metadata":{"finalizers":["example.com/hold"]}}';
    await kubectl("patch", "configmap", "held", "-n", preview.namespace, "--type=merge", "-p", finalizer);
    const stuck = command(["close", String(number), "--context", "preview"], env(), project);
    await says(stuck, /waits for configmaps\/held: its finalizer example\.com\/hold, set by kubectl/);
    assert.ok(isAlive(stuck.pid!), "it has ended already");
    if (!isWhole) {
      // On its own it gives up after two minutes.
      process.kill(-stuck.pid!, "SIGINT");
    }
    const { exitCode, stdout } = await stuck;
    assert.deepEqual([exitCode, stdout], [isWhole ? 2 : 130, ""]);
    assert.deepEqual((await listed()).wrong, ["stale", "namespace is being deleted"]);
    const forced = await receipt("--context", "preview", "--force-finalizers");
    assert.equal(forced.exitCode, 0, forced.stderr);
    assert.deepEqual(forced.states, ["gone"]);
    assert.deepEqual(await leftOf(preview, number, repository), []);
  });

  it("isn't created for a closed pull request, not even its stack", async () => {
    github.close(number);
    const result = await succeeds();
    assert.match(String(result.reason), /is closed/);
    assert.equal(preview.exists(), false);
  });

  it("is recreated when the pull request is reopened, and closed when only its stack is left", async () => {
    github.open(number);
    await preview.init({ ...product, repository });
    assert.equal((await succeeds()).outcome, "up");
    await kubectl("delete", "namespace", preview.namespace);
    const { exitCode, states, stderr } = await receipt("--comment");
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(states, ["gone"]);
    assert.deepEqual(await leftOf(preview, number, repository), []);
    assert.match(github.comments[0]!.body, /Preview closed/);
  });

  it("isn't touched when the namespace is somebody else's", async () => {
    await preview.init({ ...product, repository });
    await kubectl("create", "namespace", preview.namespace);
    try {
      for (const args of [["up"], ["close"]]) {
        const { exitCode, stderr } = await run(...args, String(number));
        assert.notEqual(exitCode, 0);
        assert.match(stderr, /belongs to another owner/);
      }
      assert.deepEqual((await listed()).wrong, ["belongs to another owner"]);
      assert.match(await kubectl("get", "namespace", preview.namespace, "-o", "name"), /namespace/);
    } finally {
      await kubectl("delete", "namespace", preview.namespace);
    }
  });

  it("keeps its state when the cluster can't be reached, and the next try closes it", async () => {
    // With a kubeconfig that no longer exists when it is closed, as on another runner.
    const elsewhere = join(mkdtempSync(join(tmpdir(), "preview-test-kubeconfig-")), "config");
    cpSync(process.env.KUBECONFIG!, elsewhere);
    const empty = `${elsewhere}.empty`;
    writeFileSync(empty, "apiVersion: v1\nkind: Config\n");
    // In two files, as is common.
    const kubeconfig = `${empty}:${elsewhere}`;
    const coming = await command(["up", String(number)], { ...env(), KUBECONFIG: kubeconfig }, project);
    assert.equal(coming.exitCode, 0, coming.stderr);
    rmSync(dirname(elsewhere), { recursive: true });
    const hidden = { ...github.env, KUBECONFIG: "/nonexistent" };
    const unreachable = await command(["close", String(number)], hidden, project);
    assert.notEqual(unreachable.exitCode, 0);
    assert.equal(preview.exists(), true);
    const { exitCode, states, stderr, asked } = await receipt("--receipt", "/nonexistent/receipt.json");
    assert.equal(exitCode, 2);
    assert.match(stderr, /--receipt \/nonexistent\/receipt\.json can't be written: ENOENT/);
    assert.deepEqual(states, ["gone"]);
    assert.deepEqual(asked, [
      `destroying the stack ${preview.stack}`,
      `deleting the namespace ${preview.namespace} and its pods`,
    ]);
  });

  it("is updated to the head by reconcile after a missed event, if its images are tagged with their commit", async () => {
    const [deployed, head] = [product.api!.image!, await smallImage("next")];
    const tag = (image: string) => image.split(":").at(-1)!;
    await preview.init({ ...product, repository });
    github.push(number, tag(deployed));
    assert.equal((await succeeds("--sha", tag(deployed))).outcome, "up");
    github.push(number, tag(head));
    github.pullRequests.get(number)!.updatedAt = new Date(Date.now() - 2 * 3600_000);
    const others = JSON.parse((await run("reconcile", "--depends-on", "myorg/other#1", "--json")).stdout) as object;
    assert.deepEqual({ ...others, previews: [] }, others);
    const { stdout, stderr } = await run("reconcile", "--json", "--comment");
    const { previews } = JSON.parse(stdout) as { previews: Record<string, unknown>[] };
    const { action, outcome } = previews.find(({ pullRequest }) => pullRequest === number)!;
    assert.deepEqual({ action, outcome }, { action: "redeploy", outcome: "done" }, stderr);
    assert.deepEqual((await preview.deployed()).images, { api: head, web: head });
    assert.ok(github.comments.at(-1)!.body.includes(head), "the comment");
    await eventually(async () => {
      assert.equal((await ask(`${preview.names.origin}/`)).body, `${tag(head)}\n`);
    });
  });

  it("is closed by reconcile once its pull request is closed, and not before", async () => {
    const action = async (...args: string[]) => {
      const { stdout, stderr } = await run("reconcile", "--json", ...args);
      assert.notEqual(stdout, "", stderr);
      const { previews } = JSON.parse(stdout) as { previews: { pullRequest: number; action: string }[] };
      return previews.find(({ pullRequest }) => pullRequest === number)?.action;
    };
    assert.equal(await action(), "nothing");
    github.fail(faults.empty(), { times: 1, path: /\/pulls$/ });
    assert.equal(await action(), "nothing");
    github.close(number);
    assert.deepEqual((await listed()).wrong, ["pull request closed"]);
    assert.equal(await action("--dry-run"), "close");
    assert.equal(preview.exists(), true);
    assert.equal(await action(), "close");
    assert.deepEqual(await leftOf(preview, number, repository), []);
    github.open(number);
  });
});
