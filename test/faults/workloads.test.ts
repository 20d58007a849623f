import assert from "node:assert/strict";
import type { SettingsInput } from "../../contract";
import { ask, eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallProduct } from "./small-preview";

/** A server that knows one path, and answers all others with a status. */
const answering = (status: number) => [
  "node",
  "--eval",
  `require("node:http").createServer((request, response) => {
    response.statusCode = request.url === "/" ? 200 : ${status};
    response.end();
  }).listen(process.env.PORT || 8000)`,
];
const unknownImage = `preview.local/small-product:${"0".repeat(40)}`;

/** In seconds. Pulumi itself gives up after five minutes, or fifteen for a migration. */
const early = 240;

/** Whatever keeps pods from running is reported early, with the setting, and the next update is an ordinary one. */
describe("a workload that is unrecoverable", () => {
  const number = 90350;
  const preview = new Preview(number);
  let product: SettingsInput;

  before(async () => {
    product = await smallProduct();
  });
  afterEach(async () => {
    await preview.close();
  });

  interface Fault {
    readonly api?: SettingsInput["api"];
    readonly web?: SettingsInput["web"];
    readonly database?: SettingsInput["database"];
    /** A manual change before the update, and its reversal. */
    readonly byHand?: { readonly breaks: () => Promise<unknown>; readonly mends: () => Promise<unknown> };
    /** Runs during the update. */
    readonly meanwhile?: () => Promise<unknown>;
    /** Whether a preview already exists, which must keep serving. */
    readonly onServing?: boolean;
    readonly says: readonly RegExp[];
    /** What the update that mends it says. */
    readonly saysAfterwards?: readonly RegExp[];
  }

  function workloadFault(name: string, fault: Fault): void {
    const { api, web, database, byHand, meanwhile, onServing = false, says, saysAfterwards } = fault;
    faultTest(name, 1, async ({ recover, left }) => {
      await preview.init(product);
      if (onServing) {
        await comesUp();
      }
      const before = onServing ? await preview.deployed() : undefined;
      preview.configure({
        api: { ...product.api, ...api },
        web: { ...product.web, ...web },
        database: { ...preview.settings.database, ...database },
      });
      await byHand?.breaks();
      const started = performance.now();
      const [{ exitCode, stderr }] = await Promise.all([command(["up", String(number)]), meanwhile?.()]);
      const seconds = (performance.now() - started) / 1000;
      assert.equal(exitCode, 2, stderr);
      says.forEach((pattern) => assert.match(stderr, pattern));
      assert.ok(seconds < early, `said after ${seconds} s:\n${stderr}`);
      if (onServing) {
        assert.equal((await ask(`${preview.names.origin}/`)).status, 200);
        assert.deepEqual(await preview.deployed(), before, "what failed counts as deployed");
        const { stdout } = await command(["status", String(number), "--json"]);
        const { runs } = JSON.parse(stdout) as { runs: object };
        assert.deepEqual(runs, web?.image === undefined ? {} : { web: web.image });
      }
      if (byHand === undefined) {
        preview.configure(product);
      }
      await byHand?.mends();
      await recover(() => comesUp(saysAfterwards));
      await closes(number);
      left(await leftOf(preview, number));
    });
  }

  async function comesUp(says: readonly RegExp[] = []): Promise<void> {
    const { exitCode, stderr } = await command(["up", String(number)]);
    assert.equal(exitCode, 0, stderr);
    says.forEach((pattern) => assert.match(stderr, pattern));
    await eventually(async () => assert.equal((await ask(`${preview.names.origin}/`)).status, 200));
  }

  workloadFault("image never pulls", {
    onServing: true,
    web: { image: unknownImage },
    says: [
      /pod web-\S+: \w*ImagePull\w*: preview\.local\/small-product:0+: .+/,
      /setting web\.image/,
      /keeps serving until then/,
    ],
  });

  it("quota too small for the settings: refused before anything is created", async () => {
    await preview.init({ ...product, quota: { memory: "1Gi" } });
    const { exitCode, stderr } = await command(["up", String(number)]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /quota\.memory: must hold/);
    assert.equal(await kubectl("get", "namespace", preview.namespace, "--ignore-not-found", "-o", "name"), "");
  });

  if (!isWhole) {
    return;
  }

  const quota = (pods: number) =>
    kubectl(
      ...["patch", "resourcequota", "preview", "-n", preview.namespace],
      ...["--type=merge", "-p", JSON.stringify({ spec: { hard: { pods: String(pods) } } })],
    );

  workloadFault("quota reduced by hand", {
    onServing: true,
    web: { env: { CHANGED: "yes" } },
    byHand: { breaks: () => quota(1), mends: () => quota(20) },
    says: [
      /ReplicaSet web-\S+: its pods are refused: .*exceeded quota/,
      /setting quota\.pods/,
      /keeps serving until then/,
    ],
  });

  workloadFault("crashes on start", {
    onServing: true,
    api: { command: ["node", "--eval", "console.error('no module named app'); process.exit(1)"] },
    says: [/pod api-\S+: .*exit code 1, 3 times/, /no module named app/, /api\.command/, /keeps serving until then/],
  });

  workloadFault("never ready: no such path", {
    api: { command: answering(404), readyPath: "/nowhere" },
    says: [/pod api-\S+: does not get ready: \/nowhere answers 404/, /api\.readyPath/],
  });

  workloadFault("never ready: answers 500", {
    web: { command: answering(500), readyPath: "/broken" },
    says: [/pod web-\S+: does not get ready: \/broken answers 500/, /web\.readyPath/],
  });

  // Nobody handles SIGTERM there: node, as the container's first process, ignores it then.
  workloadFault("serves nothing but errors", {
    web: {
      command: [
        "node",
        "--eval",
        `require("node:http").createServer(({ url }, response) => {
          response.statusCode = url === "/healthy" ? 200 : 500;
          if (url === "/") console.error("OperationalError: no such table, " + process.env.PLAIN);
          response.end();
        }).listen(process.env.PORT)`,
      ],
      env: { PLAIN: "and it isn't secret" },
      livePath: "/healthy",
      readyPath: "/healthy",
    },
    says: [
      /does not serve after 120 s; its last answer was 500\nThe last errors in the log of web:\n {2}\| OperationalError: no such table, and/,
    ],
    saysAfterwards: [/pod web-\S+ did not end within 5 s and was killed \(SIGKILL\)/],
  });

  workloadFault("migration fails", {
    api: { migrate: ["node", "--eval", "console.error('no such column: gift'); process.exit(3)"] },
    says: [/Job migrate-\S+: BackoffLimitExceeded.*exit code 3/, /no such column: gift/, /api\.migrate/],
  });

  /** Shortens the running Job's deadline, which is too long for a test. */
  const shortenMigration = () =>
    eventually(async () => {
      const { items } = JSON.parse(await kubectl("get", "jobs", "-n", preview.namespace, "-o", "json")) as {
        items: { metadata: { name: string }; status: { active?: number } }[];
      };
      const running = items.find(({ status }) => status.active === 1)!.metadata.name;
      const patch = '{"spec":{"activeDeadlineSeconds":10}}';
      await kubectl("patch", "job", running, "-n", preview.namespace, "--type=merge", "-p", patch);
    });

  workloadFault("migration hangs", {
    onServing: true,
    api: { migrate: ["node", "--eval", "setTimeout(() => {}, 1e7)"] },
    meanwhile: shortenMigration,
    says: [/Job migrate-\S+: DeadlineExceeded/, /api\.migrate/],
  });

  workloadFault("database's image never pulls", {
    database: { image: unknownImage },
    says: [/pod db-0: \w*ImagePull/, /database\.image/],
  });
});
