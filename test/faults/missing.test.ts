import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { Receipt, SettingsInput } from "../../contract";
import type { Report } from "../../verify/run-checks";
import type { Status } from "../../lifecycle/status";
import { GitHubStandIn } from "../doubles/github";
import { ask, eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { emptyCheckout } from "./checkouts";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallProduct } from "./small-preview";

const repository = "myorg/orders";

describe("objects deleted by hand", () => {
  const number = 90371;
  // A project of its own: commands without a number look at all stacks of a project.
  const project = emptyCheckout("preview-missing");
  const preview = new Preview(number, {}, project);
  let github: GitHubStandIn;
  let settings: SettingsInput;

  before(async () => {
    github = await GitHubStandIn.start(repository);
    github.open(number);
    const product = await smallProduct();
    settings = {
      ...product,
      repository,
      web: { ...product.web, uses: ["cache"] },
      services: { cache: { imageFrom: "api", command: ["node", "server.mjs"], port: 6379 } },
    };
    await preview.init(settings);
    await succeeds("up", String(number));
  });
  after(async () => {
    await github?.stop();
    await preview.close();
    rmSync(project.folder, { recursive: true });
  });

  const env = () => ({ ...github.env, GITHUB_REPOSITORY: repository });
  const run = (...args: string[]) => command(args, env(), project);
  const remove = (...what: string[]) => kubectl("delete", "-n", preview.namespace, ...what);

  async function succeeds(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const { exitCode, stdout, stderr } = await run(...args);
    assert.equal(exitCode, 0, stderr + stdout);
    return { stdout, stderr };
  }

  const drift = async () =>
    (JSON.parse((await succeeds("status", String(number), "--json")).stdout) as { drift: string[] }).drift;

  it("aren't reported on an untouched preview, awake or asleep", async () => {
    assert.deepEqual(await drift(), []);
    const { stderr } = await succeeds("up", String(number));
    assert.doesNotMatch(stderr, /is missing|has changed since the last update|created|updated|replaced/);
    await succeeds("sleep", String(number));
    assert.deepEqual(await drift(), []);
    const asleep = await succeeds("up", String(number));
    assert.doesNotMatch(asleep.stderr, /is missing|has changed since the last update|created|updated|replaced/);
    await succeeds("wake", String(number));
    assert.deepEqual(await drift(), []);
  });

  faultTest("deleted by hand: network policies and quota", 1, async ({ recover }) => {
    const policies = ["cache.from.web", "default-deny", "dns", "web.to.cache"];
    await remove(...policies.map((name) => `networkpolicy/${name}`));
    await remove("resourcequota/preview");
    const missing = [...policies.map((name) => `NetworkPolicy ${name}`), "ResourceQuota preview"];
    const { previews } = JSON.parse((await succeeds("status", "--json")).stdout) as { previews: Status[] };
    const own = previews.find(({ pullRequest }) => pullRequest === number);
    assert.deepEqual(own?.wrong, [`${missing.join(", ")} missing`]);
    const planned = JSON.parse((await succeeds("reconcile", "--json", "--dry-run")).stdout) as {
      previews: { pullRequest: number; action: string; reason: string }[];
    };
    const row = planned.previews.find(({ pullRequest }) => pullRequest === number);
    assert.equal(row?.action, "report");
    assert.match(row.reason, /default-deny.* missing; preview up 90371 restores them/);
    const report = JSON.parse((await run("verify", String(number), "--json")).stdout) as Report;
    assert.equal(report.findings.find(({ id }) => id === "isolation")?.outcome, "failed");
    assert.deepEqual(
      (await drift()).sort(),
      missing.map((one) => `${one} is missing`),
    );
    await recover(async () => {
      const { stderr } = await succeeds("up", String(number));
      missing.forEach((one) => assert.ok(stderr.includes(`${one} is missing: recreating it`), stderr));
    });
    assert.deepEqual(await drift(), []);
  });

  faultTest(
    "deleted by hand: the deployer's rights, Service, Ingress, Secret and Deployment",
    1,
    async ({ recover }) => {
      await remove("service/api");
      await remove("ingress/web");
      await remove("deployment/web");
      await remove("secrets", "--all");
      await remove("rolebinding/preview-deployer");
      await recover(async () => {
        const { stderr } = await succeeds("up", String(number));
        assert.match(stderr, /RoleBinding preview-deployer is missing: recreating it first/);
        assert.match(stderr, /Deployment web is missing: recreating it/);
        await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
      });
      assert.deepEqual(await drift(), []);
    },
  );

  faultTest("deleted by hand: the database and its volume claim", 3, async ({ recover }) => {
    const migration = () => kubectl("get", "jobs", "-n", preview.namespace, "-o", "jsonpath={.items[*].metadata.uid}");
    const deletions = [
      () => remove("statefulset/db"),
      async () => {
        await remove("persistentvolumeclaim/data-db-0", "--wait=false");
        await remove("pod/db-0");
      },
      async () => {
        await succeeds("sleep", String(number));
        await eventually(() => remove("persistentvolumeclaim/data-db-0", "--timeout=30s"));
      },
    ];
    for (const [index, deletion] of deletions.entries()) {
      const migrated = await migration();
      await deletion();
      await recover(async () => {
        const { stderr } = await succeeds(index === 2 ? "wake" : "up", String(number));
        assert.match(stderr, index === 0 ? /StatefulSet db is missing/ : /isn't the one that was migrated/);
      });
      assert.notEqual(await migration(), migrated, "the migration has run again");
      assert.deepEqual(await drift(), []);
    }
  });

  faultTest("deleted by hand: the volume claim of an API that migrates by itself", 1, async ({ recover, left }) => {
    const { api } = settings;
    preview.configure({ ...settings, api: { ...api!, migrate: "none" } });
    await succeeds("up", String(number));
    const pod = () => kubectl("get", "pods", "-n", preview.namespace, "-l", "app.kubernetes.io/name=api", "-o", "name");
    const migrated = await pod();
    await remove("persistentvolumeclaim/data-db-0", "--wait=false");
    await remove("pod/db-0");
    await recover(async () => {
      const { stderr } = await succeeds("up", String(number));
      assert.match(stderr, /isn't the one that was migrated: restarting the API/);
    });
    assert.notEqual(await pod(), migrated, "the API has started again");
    assert.deepEqual(await drift(), []);
    const receipt: Receipt = await closes(number, env(), project);
    assert.equal(receipt.pullRequest, number);
    left(await leftOf(preview, number, repository));
  });
});
