import assert from "node:assert/strict";
import { execa } from "execa";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureImage } from "../../embedded";
import { command } from "../faults/small-preview";
import { embedded } from "./embedded";
import { isWhole } from "../extent";
import { ask, eventually } from "./http";
import { kubectl, query } from "./kubectl";
import { placeOrder } from "./orders";
import { Preview } from "./preview";

describe("a preview's data", () => {
  const preview = new Preview(90201);
  const { origin } = preview.names;
  const next = { ...preview.settings.api };
  const sql = (statement: string) => query(preview.namespace, statement);
  const migrations = () => sql("select name from django_migrations where app = 'orders' order by name");
  let order: number;

  before(async () => {
    const context = join(__dirname, "data");
    const buildArgs = { API_IMAGE: embedded().images.api };
    next.image = await ensureImage({ name: "api-next", context, buildArgs }, () => undefined);
    await preview.init();
    await preview.up();
    await preview.reachable();
  });
  after(() => preview.close());

  it("consists of the fixture and the demo data, loaded once", async () => {
    assert.equal(await sql("select count(*) from orders_seedrun"), "1");
    assert.equal(await sql("select city from orders_customer where name = 'Little Heron'"), "Cork");
    // More than one page, so that pagination can be reviewed.
    assert.ok(Number(await sql("select count(*) from orders_order")) > 20);
  });

  it("keeps the reviewers' changes, and stays available, through a new commit with a new migration", async () => {
    order = await placeOrder(origin, "Ordered by a reviewer");
    await sql("update orders_customer set city = 'Dublin' where name = 'Little Heron'");
    await sql("delete from orders_order where item like 'Decaf%'");
    preview.configure({ api: next });
    const visits = await visiting(`${origin}/api/orders/`, () => preview.up());
    assert.deepEqual([...new Set(visits)], ["200"]);
    assert.equal(await migrations(), "0001_initial\n0002_order_gift");
    await assertEdited();
    // With the column that the running code's migration added.
    assert.equal(await sql(`select gift from orders_order where id = ${order}`), "f");
  });

  it("refuses a commit without the migration, and says how to reset the database", async () => {
    const before = await sql("select name, applied from django_migrations order by id");
    const { exitCode, stderr } = await command(["up", String(preview.pullRequest), "--api", embedded().images.api]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /does not have: orders\.0002_order_gift\./);
    assert.match(stderr, /Nothing was changed\./);
    assert.match(stderr, /npx preview reset-db 90201$/m);
    assert.doesNotMatch(stderr, /Traceback/);
    assert.equal(await sql("select name, applied from django_migrations order by id"), before);
  });

  it("is still served by the former commit", async () => {
    await serves();
    await assertEdited();
    await placeOrder(origin, "Ordered meanwhile");
  });

  it("starts over with a new generation of the database", async () => {
    preview.configure({ database: { ...preview.settings.database, generation: 2 } });
    await preview.up();
    assert.equal(await migrations(), "0001_initial");
    assert.equal(await sql("select count(*) from orders_order where item like 'Ordered%'"), "0");
    assert.equal(await sql("select city from orders_customer where name = 'Little Heron'"), "Cork");
    await serves();
  });

  it("keeps its generation, even in a checkout that doesn't know it", async () => {
    const { database } = preview.settings;
    order = await placeOrder(origin, "Ordered after that");
    const isKept = async () => assert.equal(await sql(`select count(*) from orders_order where id = ${order}`), "1");
    // Without the generation, as in a fresh checkout.
    preview.configure({ database });
    await preview.up();
    await isKept();
    const { exitCode, stderr } = await command(["up", String(preview.pullRequest)]);
    assert.equal(exitCode, 0, stderr);
    await isKept();
    preview.configure({ database: { ...database, generation: 1 } });
    await assert.rejects(preview.up(), /database\.generation: must be at least 2, the deployed generation; got 1/);
    await isKept();
  });

  it("isn't left behind when another prefix requires another namespace", async () => {
    preview.configure({ prefix: "moved" });
    await assert.rejects(preview.up(), /prefix: the preview is in the namespace test-pr-90201; .*preview close 90201/);
    assert.equal(await sql(`select count(*) from orders_order where id = ${order}`), "1");
  });

  it("is replaced by an empty database only when a change requires it and --replace-database allows it", async () => {
    const { database } = preview.settings;
    preview.configure({ database: { ...database, storage: "2Gi", generation: 2 } });
    const number = String(preview.pullRequest);
    const refused = await command(["up", number]);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /database\.storage: .*from 1Gi to 2Gi.*preview up 90201 --replace-database/);
    assert.equal(await sql(`select count(*) from orders_order where id = ${order}`), "1");
    const { exitCode, stderr } = await command(["up", number, "--replace-database"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /its data is lost/);
    assert.equal(await sql("select count(*) from orders_order where item like 'Ordered%'"), "0");
    assert.equal(await sql("select count(*) from orders_seedrun"), "1");
    const claim = "jsonpath={.spec.resources.requests.storage}";
    assert.equal(await kubectl("get", "pvc/data-db-0", "-n", preview.namespace, "-o", claim), "2Gi");
  });

  it("isn't opened with another Postgres that may be unable to read it", async () => {
    const { database } = preview.settings;
    preview.configure({ database: { ...database, storage: "2Gi", image: "postgres:17" } });
    await assert.rejects(
      preview.up(),
      /database\.image: a database with postgres:17 may be unable to open the data of one with preview\.local\/postgres:\S+\. /,
    );
    await serves();
  });

  it("keeps every acknowledged row when Postgres is killed", async () => {
    const rounds = 3;
    const inRound = 20_000;
    await sql("create table acknowledged (round int, id int)");
    for (let round = 0; round < rounds; round += 1) {
      const there = `select count(*) from acknowledged where round = ${round}`;
      const inserting = insertEach(round, inRound);
      await eventually(async () => assert.notEqual(await sql(there), "0"));
      await killPostgres();
      const acknowledged = (await inserting).split("\n").filter((line) => line === "INSERT 0 1").length;
      assert.ok(acknowledged > 0 && acknowledged < inRound, `killed after ${acknowledged} of ${inRound} rows`);
      const rows = Number(await eventually(() => sql(there)));
      assert.ok(rows >= acknowledged, `${acknowledged} acknowledged, ${rows} there`);
    }
  });

  it("is migrated and seeded again when its database comes back empty, with plain pulumi up too", async () => {
    const { database } = preview.settings;
    preview.configure({ database: { ...database, storage: "2Gi" } });
    const isSeeded = async () => assert.equal(await sql("select count(*) from orders_seedrun"), "1");
    await kubectl("delete", "statefulset/db", "-n", preview.namespace);
    await preview.pulumi("up", "--yes", "--skip-preview", "--refresh", "--stack", preview.stack);
    await eventually(isSeeded);
    await kubectl("delete", "pvc/data-db-0", "-n", preview.namespace, "--wait=false");
    const warned = await command(["up", String(preview.pullRequest)]);
    assert.match(warned.stderr, /data-db-0 is being deleted: its data is lost when the database's pod ends/);
    await isSeeded();
    await kubectl("delete", "pod/db-0", "-n", preview.namespace);
    const { exitCode, stderr } = await command(["up", String(preview.pullRequest)]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /the database volume isn't the one that was migrated: migrating and seeding it again/);
    await isSeeded();
    await serves();
  });

  describe("may need more shared memory than a container gets by default", () => {
    after(() => sql("drop table if exists hashed, wide"));

    it("for a hash join with four parallel workers", async () => {
      const rows = isWhole ? 2_000_000 : 1_000_000;
      const table = "create table hashed with (parallel_workers = 4) as select id, md5(id::text) as text";
      await sql(`${table} from generate_series(1, ${rows}) as id`);
      const parallel = "set max_parallel_workers_per_gather = 4; set work_mem = '16MB'; set enable_mergejoin = off";
      const join = "select count(*) from hashed join hashed as other using (id) where hashed.text <= other.text";
      const plan = await sql(`${parallel}; explain (analyze) ${join}`);
      assert.match(plan, new RegExp(`Workers Launched: 4[^]*Parallel Hash Join .*rows=${rows / 5} loops=5`));
    });

    it("for a vacuum of a table with two indexes", async () => {
      // The need depends on the number of pages, so a few rows suffice, one on each.
      const [rows, text] = isWhole ? [3_200_000, "md5(id::text) || repeat('x', 100)"] : [40_000, "repeat('x', 5000)"];
      await sql("create table wide (id int, other int, text text); alter table wide alter text set storage plain");
      await sql(`insert into wide select id, id, ${text} from generate_series(1, ${rows}) as id`);
      await sql("create index on wide (id); create index on wide (other)");
      assert.equal(await sql("vacuum wide"), "VACUUM");
    });
  });

  /** Inserts rows one by one in one session, and returns its output. */
  async function insertEach(round: number, rows: number): Promise<string> {
    const inserts = `seq ${rows} | sed 's/.*/insert into acknowledged values (${round}, &);/'`;
    const psql = "PGPASSWORD=$POSTGRES_PASSWORD psql --host=127.0.0.1 --username=app --dbname=app_preview";
    const args = ["exec", "--namespace", preview.namespace, "db-0", "--", "sh", "-c", `${inserts} | ${psql}`];
    const { stdout } = await execa("kubectl", ["--context=preview", ...args], { reject: false });
    return stdout;
  }

  /** Kills all but process 1, which can't be killed from inside its container and has to recover what the others lose. */
  async function killPostgres(): Promise<void> {
    const kill =
      "for p in /proc/[0-9]*; do p=${p#/proc/}; [ $p = 1 ] || grep -q '^postgres$' /proc/$p/comm && kill -9 $p; done; true";
    await kubectl("exec", "-n", preview.namespace, "db-0", "--", "sh", "-c", kill);
  }

  const serves = () => eventually(async () => assert.equal((await ask(`${origin}/api/orders/`)).status, 200));

  /** The answers to a visitor who keeps asking during an action, and until the old pods have ended. */
  async function visiting(url: string, action: () => Promise<void>): Promise<string[]> {
    const visits: string[] = [];
    let isOver = false;
    const visitor = async () => {
      while (!isOver) {
        const { status, body } = await ask(url);
        visits.push(status === 200 ? "200" : `${status} ${body}`);
        await sleep(20);
      }
    };
    const visitors = Promise.all([visitor(), visitor(), visitor()]);
    await action();
    await sleep(6000);
    isOver = true;
    await visitors;
    return visits;
  }

  async function assertEdited(): Promise<void> {
    assert.equal((await ask(`${origin}/api/orders/${order}/`)).status, 200);
    assert.equal(await sql("select city from orders_customer where name = 'Little Heron'"), "Dublin");
    assert.equal(await sql("select count(*) from orders_order where item like 'Decaf%'"), "0");
    assert.equal(await sql("select count(*) from orders_seedrun"), "1");
  }
});
