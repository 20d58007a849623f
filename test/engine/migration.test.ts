import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../faults/small-preview";
import { ask, eventually } from "./http";
import { kubectl, names, query } from "./kubectl";
import { backendFolder, Preview } from "./preview";

const migrationThatRuns = (statement: string) => [
  "python3",
  "-c",
  `
import os, psycopg, time
print("connecting to", os.environ["DATABASE_URL"])
# A new pod's first connections may be refused until the network policy knows it.
for attempt in range(60):
    try:
        connection = psycopg.connect(os.environ["DATABASE_URL"])
        break
    except psycopg.OperationalError:
        time.sleep(0.5)
with connection:
    connection.execute("${statement}")
`,
];

/** Fails until a table exists. */
const gated = migrationThatRuns("select * from gate");

describe("a migration that fails", () => {
  const preview = new Preview(90021);
  const larger = { ...preview.settings.database, storage: "2Gi" };
  const withMigration = (migrate: string[], sha: string) => ({ api: { ...preview.settings.api, migrate, sha } });
  let pod: string;

  before(async () => {
    await preview.init();
    // So that this checkout has a record of its deployment.
    assert.equal((await command(["up", String(preview.pullRequest)])).exitCode, 0);
    pod = await apiPod();
  });
  after(() => preview.close());

  it("fails the update with its own message, without the secret that it printed", async () => {
    preview.configure(withMigration(gated, "bbbbbbb"));
    const { exitCode, stderr } = await command(["up", String(preview.pullRequest)]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /relation "gate" does not exist/);
    assert.match(stderr, /connecting to \*\*\*/);
    assert.ok(!stderr.includes(await password()));
  });

  it("leaves the old pod serving, unchanged", async () => {
    assert.equal(await apiPod(), pod);
    assert.equal((await ask(`${preview.names.origin}/api/version/`)).status, 200);
  });

  it("fails again when the same revision is retried", async () => {
    await assert.rejects(preview.up(), /migrate-\w+/);
    assert.equal(await apiPod(), pod);
  });

  it("leaves nothing that it printed in Pulumi's output, state, history or backups", async () => {
    const secret = await password();
    assert.ok(!preview.output.includes(secret));
    const files = globSync(`**/*${preview.stack}*{,/**/*}`, { cwd: backendFolder(), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const folder of ["stacks", "history", "backups"]) {
      assert.ok(
        files.some((file) => file.includes(`/.pulumi/${folder}/`)),
        `nothing in ${folder}`,
      );
    }
    assert.deepEqual(
      files.filter((file) => readFileSync(file, "utf8").includes(secret)),
      [],
    );
  });

  it("succeeds with the same revision once the cause is gone, and the API is updated", async () => {
    await query(preview.namespace, "create table gate ()");
    await preview.up();
    assert.notEqual(await apiPod(), pod);
    // The web may still be connected to the old pod, which has five seconds to stop.
    await eventually(async () => {
      assert.match((await ask(`${preview.names.origin}/api/version/`)).body, /bbbbbbb/);
    });
    assert.equal((await names("jobs", "-n", preview.namespace)).length, 1);
  });

  it("expects no change after that", async () => {
    await preview.pulumi("preview", "--stack", preview.stack, "--expect-no-changes");
  });

  it("runs again for a new volume, which is migrated and seeded", async () => {
    await query(preview.namespace, "delete from orders_order");
    preview.configure({ database: larger });
    await assert.rejects(preview.up(), /database\.storage: .*from 1Gi to 2Gi without losing its data/);
    assert.equal(await query(preview.namespace, "select count(*) from orders_order"), "0");
    preview.configure({ database: { ...larger, generation: 2 } });
    await preview.up();
    assert.notEqual(await query(preview.namespace, "select count(*) from orders_order"), "0");
    await eventually(async () => {
      assert.equal((await ask(`${preview.names.origin}/`)).status, 200);
    });
  });

  it("doesn't run while the preview sleeps, and runs before the API wakes", async () => {
    const migrated = withMigration(migrationThatRuns("create table woken ()"), "ccccccc");
    const revision = { ...migrated, database: larger };
    preview.configure({ ...revision, asleep: true });
    await preview.pulumi("up", "--yes", "--skip-preview", "--stack", preview.stack);
    const running = ["-n", preview.namespace, "--field-selector=status.phase!=Succeeded"];
    await eventually(async () => assert.deepEqual(await names("pods", ...running), []));
    preview.configure({ ...revision, asleep: false });
    await preview.up();
    assert.equal(await query(preview.namespace, "select count(*) from woken"), "0");
    await eventually(async () => {
      assert.match((await ask(`${preview.names.origin}/api/version/`)).body, /ccccccc/);
    });
  });

  const password = () => kubectl("exec", "-n", preview.namespace, "db-0", "--", "printenv", "POSTGRES_PASSWORD");

  function apiPod(): Promise<string> {
    const selector = ["-l", "app.kubernetes.io/name=api", "--field-selector=status.phase=Running"];
    return kubectl("get", "pods", "-n", preview.namespace, ...selector, "-o", "jsonpath={.items[*].metadata.name}");
  }
});
