import assert from "node:assert/strict";
import { execa } from "execa";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DeploymentRecord, dnsComment, leavesOf, standardPartList } from "../../contract";
import { Zone } from "../../clients/dns/zone";
import { checkout } from "../../embedded";
import { ask, eventually } from "./http";
import { kubectl, names, query } from "./kubectl";
import { placeOrder } from "./orders";
import { otherSources, program } from "./other-sources";
import { Preview } from "./preview";

/** Steps that build on each other: one preview's life, for a while next to a second one. */
describe("a preview on the real engine and cluster", () => {
  const preview = new Preview(90001);
  const second = new Preview(90002);
  let order: number;
  let volume: string;

  after(async () => {
    await second.close();
    await preview.close();
  });

  it("comes up", async () => {
    await preview.init();
    await preview.up();
  });

  it("expects no change in a preview", async () => {
    await preview.pulumi("preview", "--stack", preview.stack, "--expect-no-changes");
  });

  it("expects no change in a refresh", async () => {
    await preview.pulumi("refresh", "--stack", preview.stack, "--yes", "--expect-no-changes");
  });

  it("outputs its address, and no secret in plain text", async () => {
    const { record, ...outputs } = JSON.parse(
      await preview.pulumi("stack", "output", "--json", "--stack", preview.stack),
    ) as { record: DeploymentRecord };
    const cluster = await kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
    assert.deepEqual(record, {
      asleep: false,
      cluster,
      settings: leavesOf(preview.settings),
      secrets: [],
      shared: [],
      without: [],
    });
    assert.deepEqual(outputs, {
      url: preview.names.origin,
      namespace: preview.namespace,
      images: { api: preview.settings.api!.image, web: preview.settings.web!.image },
      revisions: {
        api: preview.settings.api!.image!.split(":").at(-1),
        web: preview.settings.web!.image!.split(":").at(-1),
      },
      parts: standardPartList,
    });
    const secretOf = (pod: string, variable: string) =>
      kubectl("exec", "-n", preview.namespace, pod, "--", "printenv", variable);
    const secrets = {
      "database's password": await secretOf("db-0", "POSTGRES_PASSWORD"),
      "Django's key": await secretOf("deployment/api", "SECRET_KEY"),
      "next-auth's key": await secretOf("deployment/web", "AUTH_SECRET"),
      "reviewers' password": await secretOf("deployment/api", "DEMO_USER_PASSWORD"),
    };
    const state = await preview.pulumi("stack", "export", "--stack", preview.stack);
    const events = await kubectl("get", "events", "-n", preview.namespace, "-o", "json");
    const pods = await kubectl("get", "pods", "-n", preview.namespace, "-o", "json");
    const ours = "app.kubernetes.io/name";
    const logs = await kubectl("logs", "-n", preview.namespace, "-l", ours, "--tail=-1", "--prefix");
    for (const workload of ["migrate", "api", "web", "db"]) {
      assert.match(logs, new RegExp(`^\\[pod/${workload}-`, "m"));
    }
    for (const [where, text] of Object.entries({ state, events, pods, logs, output: preview.output })) {
      for (const [what, secret] of Object.entries(secrets)) {
        assert.ok(!text.includes(secret.trim()), `${what} is in the ${where}`);
      }
    }
  });

  it("serves a page with data from Postgres, through Django", async () => {
    order = await placeOrder(preview.names.origin, "Engine test item");
    const page = await eventually(async () => {
      const answer = await ask(`${preview.names.origin}/`);
      assert.equal(answer.status, 200);
      assert.match(answer.body, /Engine test item/);
      return answer;
    });
    assert.match(page.headers["content-type"] as string, /text\/html/);
    assert.equal(
      await query(preview.namespace, `select item from orders_order where id = ${order}`),
      "Engine test item",
    );
  });

  it("serves the admin with its static files on the same host", async () => {
    const login = await ask(`${preview.names.origin}/api/admin/login/`);
    assert.equal(login.status, 200);
    const css = /href="(\/api\/static\/[^"]+\.css)"/.exec(login.body)?.[1];
    assert.ok(css, "the login page has no style sheet below /api/static/");
    const answer = await ask(`${preview.names.origin}${css}`);
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, 'text/css; charset="utf-8"']);
  });

  it("keeps the row, and neither migrates nor seeds again, when the pods of API and database are deleted", async () => {
    const before = await query(preview.namespace, "select count(*), max(finished_at) from orders_seedrun");
    const applied = await query(preview.namespace, "select count(*), max(applied) from django_migrations");
    const jobs = await names("jobs", "-n", preview.namespace);
    const orders = await query(preview.namespace, "select count(*) from orders_order");
    await kubectl("delete", "pod", "-n", preview.namespace, "-l", "app.kubernetes.io/name in (api, db)");
    await kubectl("rollout", "status", "-n", preview.namespace, "statefulset/db", "--timeout=60s");
    await kubectl("rollout", "status", "-n", preview.namespace, "deployment/api", "--timeout=60s");
    await eventually(async () => {
      const answer = await ask(`${preview.names.origin}/`);
      assert.match(answer.body, /Engine test item/);
    });
    assert.equal(await query(preview.namespace, "select count(*) from orders_order"), orders);
    assert.equal(await query(preview.namespace, "select count(*), max(finished_at) from orders_seedrun"), before);
    assert.equal(await query(preview.namespace, "select count(*), max(applied) from django_migrations"), applied);
    assert.deepEqual(await names("jobs", "-n", preview.namespace), jobs);
  });

  it("keeps its database, and the rows in it, when a label is put on every workload", async () => {
    // By hand; the program takes it over with the next change.
    await kubectl("scale", "deployment/web", "-n", preview.namespace, "--replicas=2");
    const uid = () => kubectl("get", "statefulset/db", "-n", preview.namespace, "-o", "jsonpath={.metadata.uid}");
    const before = await uid();
    await withComponents(preview, (labels) =>
      labels.replace("({ ...selectorOf(name) })", '({ ...selectorOf(name), team: "blue" })'),
    );
    const path = "jsonpath={.items[*].metadata.labels.team}";
    const pods = await kubectl("get", "pods", "-n", preview.namespace, "-l", "team=blue", "-o", path);
    assert.match(pods, /^blue blue blue( blue)?$/);
    assert.equal(await uid(), before);
    assert.equal(
      await kubectl("get", "deployment/web", "-n", preview.namespace, "-o", "jsonpath={.spec.replicas}"),
      "1",
    );
    assert.equal(await query(preview.namespace, `select count(*) from orders_order where id = ${order}`), "1");
    await preview.up();
  });

  it("runs next to a second one, made by README's lines, which has its own secrets and data", async () => {
    for (const line of readmeLines({ from: preview, to: second }).slice(0, -1)) {
      await second.pulumi(...line);
    }
    await second.rolledOut();
    const page = await ask(`${second.names.origin}/`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.body, /Engine test item/);
    const secret = ({ namespace }: Preview) =>
      kubectl("exec", "-n", namespace, "db-0", "--", "printenv", "POSTGRES_PASSWORD");
    assert.notEqual(await secret(preview), await secret(second));
  });

  it("keeps its DNS record in the zone, marked as its own", async () => {
    const records = await dnsRecords(preview);
    assert.equal(records.length, 1, JSON.stringify(records));
    const owner = { project: "preview-test", product: "orders", repository: "", pullRequest: 90001 };
    assert.equal(records[0]!.comment, dnsComment(owner));
  });

  it("is gone after destroy: namespace, volume, DNS record and stack", async () => {
    volume = await kubectl("get", "pvc", "-n", preview.namespace, "-o", "jsonpath={.items[0].spec.volumeName}");
    assert.notEqual(volume, "");
    await preview.pulumi(...readmeLines({ from: second, to: preview }).at(-1)!);
    assert.deepEqual(await names("namespace", "-l", "preview-stack/pull-request=90001"), []);
    await eventually(async () => {
      const volumes = await names("persistentvolume");
      assert.ok(!volumes.includes(`persistentvolume/${volume}`), `${volume} is still there`);
    });
    assert.deepEqual(await dnsRecords(preview), []);
    assert.equal(preview.exists(), false);
  });

  it("leaves the second one serving", async () => {
    assert.equal((await ask(`${second.names.origin}/`)).status, 200);
  });
});

/** The words of README's lines for Pulumi alone, with what it says to put in them on the embedded default. */
function readmeLines({ from, to }: { readonly from: Preview; readonly to: Preview }): string[][] {
  const text = readFileSync(join(checkout, "README.md"), "utf8");
  const block = /^pulumi (stack init pr-123 [^]*?)\n```/m.exec(text)?.[1];
  assert.ok(block, "README.md has no block that begins with pulumi stack init pr-123");
  return block.split(/\npulumi /).map((line) => {
    const words = line
      .replace(/ +#.*/, "")
      .replace("--copy-config-from preview", `--copy-config-from ${from.stack}`)
      .replaceAll("pr-123", to.stack)
      .replace(/(?<=(api|web)\.image )\S+/, (_, image: "api" | "web") => from.settings[image]!.image!)
      .split(" ");
    // Nobody is there to confirm.
    return ["up", "destroy"].includes(words[0]!) ? [...words, "--yes", "--skip-preview"] : words;
  });
}

/** Updates a preview with changed components, as a platform engineer would. */
async function withComponents(preview: Preview, change: (labels: string) => string): Promise<void> {
  const { folder } = otherSources(preview.project.name);
  try {
    program.forEach((part) => cpSync(join(checkout, part), join(folder, part), { recursive: true }));
    const labels = join(folder, "components/pod/labels.ts");
    const before = readFileSync(labels, "utf8");
    assert.notEqual(
      change(before),
      before,
      "components/pod/labels.ts is written otherwise by now: this test changes its text",
    );
    writeFileSync(labels, change(before));
    cpSync(preview.file, join(folder, `Pulumi.${preview.stack}.yaml`));
    const options = ["--stack", preview.stack, "--yes", "--skip-preview", "--non-interactive"];
    await execa("pulumi", ["up", ...options], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A preview's records, as the DNS provider shows them. */
const dnsRecords = async ({ names }: Preview) =>
  (await new Zone("0".repeat(32)).ownedRecords()).filter(({ name }) => name === names.host);
