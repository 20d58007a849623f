import assert from "node:assert/strict";
import fc from "fast-check";
import type { SettingsInput, Workload } from "../../contract";
import { minimal, settingsWith } from "./example-settings";

const redis = { image: "redis:7.4", port: 6379, uid: 999 };
const worker = { from: "api", command: ["celery", "-A", "app", "worker"] };

/** Settings of an API that says everything that another part can take over. */
const api = {
  ...minimal.api,
  env: { A: "api", B: "api", SHARED: { secret: "shared", key: "token" } },
  secrets: { KEY: "api" },
  command: ["gunicorn"],
  args: ["app"],
  uid: 1001,
  gid: 0,
  readOnlyRoot: false,
  writablePaths: ["/tmp", "/media"],
  resources: { cpu: "100m", memory: "200Mi", memoryLimit: "700Mi" },
  egress: [{ cidr: "192.0.2.0/24" }],
  uses: ["mail"],
  dependsOn: ["redis"],
  checks: { ready: { http: "/readyz" } },
  stopSeconds: 30,
} satisfies SettingsInput["api"];

/** The checks of a part that has none. */
const none = { start: undefined, ready: undefined, live: undefined };

const mail = { image: "axllent/mailpit:v1.27", ports: { http: 8025, smtp: 1025 }, uid: 1000 };

type Services = NonNullable<SettingsInput["services"]>;

const composed = (services: Services, values: SettingsInput = {}) =>
  settingsWith({ api, ...values, services: { redis, mail, ...services } }).workloads;

describe("a part made from another one", () => {
  const { api: base, worker: made } = composed({ worker }) as Record<"api" | "worker", Workload>;

  it("takes over image, user, root, folders, resources, ways out and paths", () => {
    const taken = ["image", "uid", "gid", "readOnlyRoot", "folders", "resources", "egress", "connectsTo", "waitsFor"];
    for (const key of [...taken, "needs", "isOfProduct", "isAfterMigration"] as (keyof Workload)[]) {
      assert.deepEqual(made[key], base[key], key);
    }
    assert.deepEqual(made.connectsTo, ["db", "mail", "redis"]);
    assert.deepEqual(made.needs, ["db:5432", "redis:6379"]);
  });

  it("takes over every variable that the other sees, those of Secrets in a Secret of its own", () => {
    assert.deepEqual(made.environment, base.environment);
    assert.deepEqual(made.secrets, base.secrets);
    assert.ok("DATABASE_URL" in made.secrets && "SECRET_KEY" in made.secrets && "KEY" in made.secrets);
  });

  it("never takes over command, args, ports, checks, single or stopSeconds", () => {
    const { given, from } = composed({
      given: { ...mail, command: ["a"], args: ["b"], checks: { live: { tcp: true } }, single: true, stopSeconds: 60 },
      from: { from: "given" },
    });
    const { command, args, ports, checks, isSingle, stopSeconds, part } = from!;
    assert.deepEqual([command, args, ports, checks, isSingle, stopSeconds], [undefined, undefined, [], none, false, 5]);
    assert.equal(part.kind, "Deployment");
    assert.deepEqual([given!.isSingle, given!.stopSeconds], [true, 60]);
    assert.deepEqual([made.args, made.ports, made.checks, made.stopSeconds], [undefined, [], none, 5]);
  });

  it("wins key by key in maps", () => {
    const { worker: own } = composed({
      worker: { ...worker, env: { B: "worker", C: "worker" }, secrets: { KEY: "worker" }, resources: { cpu: "1" } },
    });
    assert.deepEqual(own!.resources, { cpu: "1", memory: "200Mi", memoryLimit: "700Mi" });
    const { A, B, C, SHARED } = own!.environment;
    assert.deepEqual([A, B, C, SHARED], ["api", "worker", "worker", { secret: "shared", key: "token" }]);
    assert.deepEqual(own!.secrets.KEY, ["worker"]);
  });

  it("wins whole in lists, an empty one too", () => {
    const lists = { writablePaths: ["/run"], egress: [], uses: [], dependsOn: [] };
    const { worker: own } = composed({ worker: { ...worker, ...lists } });
    const { folders, egress, connectsTo, waitsFor } = own!;
    assert.deepEqual(
      folders.map(({ path }) => path),
      ["/run"],
    );
    assert.deepEqual([egress, connectsTo, waitsFor], [[], ["db"], ["db"]]);
  });

  it("wins with an image of its own, and keeps the environment", () => {
    const { worker: own } = composed({ worker: { ...worker, image: "ghcr.io/myorg/worker:1.2" } });
    assert.equal(own!.image, "ghcr.io/myorg/worker:1.2");
    assert.deepEqual(own!.environment, base.environment);
    assert.equal(own!.part.runs, undefined);
  });

  it("doesn't keep the other's group with a user of its own", () => {
    const { worker: own } = composed({ worker: { ...worker, uid: 2000 } });
    assert.deepEqual([own!.uid, own!.gid], [2000, undefined]);
  });

  it("can be made from one that is made from one, in any order", () => {
    const services = {
      c: { from: "b", env: { A: "c" } },
      b: { from: "worker", env: { A: "b", B: "b" }, uid: 5 },
      worker,
    };
    const { c } = composed(services);
    assert.deepEqual([c!.uid, c!.image, c!.environment.A, c!.environment.B], [5, api.image, "c", "b"]);
    assert.equal(c!.isAfterMigration, true);
    assert.deepEqual(c!.part.crashSettings, ["services.c.command", "api.image"]);
  });

  it("may be taken from one that has a dependsOn for it", () => {
    const { worker: own } = composed(
      { worker: { ...worker, port: 80 } },
      { api: { ...api, uses: ["worker"], dependsOn: ["worker"] } },
    );
    assert.deepEqual([own!.connectsTo, own!.waitsFor], [["db"], ["db"]]);
  });

  it("takes the image alone with imageFrom", () => {
    const { files } = composed({ files: { imageFrom: "api", command: ["nginx"] } });
    assert.equal(files!.image, api.image);
    assert.deepEqual([files!.environment, files!.secrets, files!.connectsTo], [{}, {}, []]);
    assert.deepEqual([files!.uid, files!.gid, files!.readOnlyRoot], [undefined, undefined, true]);
    assert.deepEqual(files!.isAfterMigration, false);
    assert.equal(files!.part.runs, "api");
  });

  it("takes image and everything else from two parts with both", () => {
    const { both } = composed({ both: { from: "api", imageFrom: "web" } });
    assert.equal(both!.image, minimal.web.image);
    const { GIT_SHA, ...others } = both!.environment;
    assert.deepEqual({ ...base.environment, GIT_SHA }, { ...others, GIT_SHA });
    assert.equal(GIT_SHA, settingsWith().revisions.web);
  });

  it("made from the web sees and reaches what the web does, and doesn't wait for the migration", () => {
    const { ssr, web } = composed({ ssr: { from: "web" } });
    assert.deepEqual(ssr!.environment, web!.environment);
    assert.deepEqual([ssr!.connectsTo, ssr!.isAfterMigration], [["api"], false]);
  });
});

describe("the order and the paths of parts", () => {
  it("open what every preview has: web to API, API to database, which the API waits for", () => {
    const { api: server, web } = settingsWith().workloads;
    assert.deepEqual([server!.connectsTo, server!.waitsFor], [["db"], ["db"]]);
    assert.deepEqual([web!.connectsTo, web!.waitsFor], [["api"], []]);
  });

  it("add what settings say to that", () => {
    const { web } = composed({}, { web: { ...minimal.web, uses: ["mail"], dependsOn: ["redis", "database"] } });
    assert.deepEqual(
      [web!.connectsTo, web!.waitsFor],
      [
        ["api", "db", "mail", "redis"],
        ["db", "redis"],
      ],
    );
    assert.deepEqual(web!.needs, ["db:5432", "redis:6379"]);
  });

  const implying: Record<string, Services[string]> = {
    "a host in a variable": { image: "a:1", env: { A: "redis://${redis.host}/0" } },
    "a port in a variable": { image: "a:1", env: { A: "${redis.port}" } },
    "a host in a command": { image: "a:1", command: ["sh", "-c", "ping ${redis.host}"] },
    "a host in an argument": { image: "a:1", args: ["--broker=${redis.host}"] },
  };
  for (const [what, service] of Object.entries(implying)) {
    it(`are implied by ${what}`, () => {
      const { one } = settingsWith({ services: { redis, one: service } }).workloads;
      assert.deepEqual([one!.connectsTo, one!.waitsFor, one!.needs], [["redis"], [], []]);
    });
  }

  it("are implied by a value in the migration's command, and by a named port", () => {
    const migrate = ["sh", "-c", "migrate ${mail.port.smtp}"];
    const { api: server } = settingsWith({ api: { ...minimal.api, migrate }, services: { mail } }).workloads;
    assert.deepEqual(server!.connectsTo, ["db", "mail"]);
  });

  it("aren't implied by a literal, by a secret, or by a variable that is overridden or left out", () => {
    const env = { A: "${redis.host}", B: "${redis.host}", C: "$${redis.host}" };
    const { worker: own } = settingsWith({
      api: { ...minimal.api, env },
      services: { redis, worker: { ...worker, env: { A: "none" }, secrets: { S: "${redis.host}" }, omit: ["B"] } },
    }).workloads;
    assert.deepEqual(own!.connectsTo, ["db"]);
  });

  it("are implied by the database's URL, and not by its name alone", () => {
    const { url, name } = settingsWith({
      services: {
        url: { image: "a:1", env: { A: "${database.url}" } },
        name: { image: "a:1", env: { A: "${database.name} ${database.user} ${sha.api}" } },
      },
    }).workloads;
    assert.deepEqual([url!.connectsTo, name!.connectsTo], [["db"], []]);
  });

  it("may be mutual with uses", () => {
    const { api: server, collab } = settingsWith({
      api: { ...minimal.api, uses: ["collab"] },
      services: { collab: { image: "collab:1", port: 4444, uses: ["api"] } },
    }).workloads;
    assert.deepEqual([server!.connectsTo, collab!.connectsTo], [["collab", "db"], ["api"]]);
  });

  it("may be mutual where one waits for the other", () => {
    const { a, b } = settingsWith({
      services: { a: { ...redis, dependsOn: ["b"] }, b: { ...redis, env: { A: "${a.host}" } } },
    }).workloads;
    assert.deepEqual([a!.waitsFor, b!.waitsFor, b!.connectsTo], [["b"], [], ["a"]]);
  });

  it("wait for the first of several ports", () => {
    assert.deepEqual(composed({ one: { image: "a:1", dependsOn: ["mail"] } }).one!.needs, ["mail:8025"]);
  });

  it("wait for each part as it is written, whatever waits for what, unless there is a cycle", () => {
    const names = ["a", "b", "c", "d", "e"];
    const order = fc.shuffledSubarray(names, { minLength: 5 });
    fc.assert(
      fc.property(order, fc.array(fc.tuple(fc.nat(4), fc.nat(4))), (sorted, pairs) => {
        const forwards = pairs.filter(([from, to]) => from < to).map(([from, to]) => [sorted[from]!, sorted[to]!]);
        const services = Object.fromEntries(
          names.map((name) => [
            name,
            { ...redis, dependsOn: forwards.filter(([from]) => from === name).map(([, to]) => to!) },
          ]),
        );
        const { workloads } = settingsWith({ services });
        for (const [from, to] of forwards) {
          assert.ok(workloads[from!]!.needs.includes(`${to}:6379`));
        }
        const [from, to] = forwards[0] ?? [];
        if (from !== undefined) {
          const cyclic = { ...services, [to!]: { ...redis, dependsOn: [from] } };
          assert.throws(() => settingsWith({ services: cyclic }), /dependsOn: parts must not wait for each other/);
        }
      }),
    );
  });

  it("let the migration wait for what the API waits for, unless that waits for the migration", () => {
    const values = {
      api: { ...minimal.api, dependsOn: ["redis", "worker", "proxy"] },
      services: { redis, worker: { ...worker, port: 80, dependsOn: [] }, proxy: { ...redis, dependsOn: ["worker"] } },
    };
    const { migration, workloads } = settingsWith(values);
    assert.deepEqual(migration?.needs, ["db:5432", "redis:6379"]);
    assert.deepEqual(workloads.api!.needs, ["db:5432", "proxy:6379", "redis:6379", "worker:80"]);
  });

  it("let nothing wait for a migration that there isn't", () => {
    const { migration, parts, workloads } = settingsWith({
      api: { ...minimal.api, migrate: "none" },
      services: { worker },
    });
    assert.deepEqual([migration, parts.migration], [undefined, undefined]);
    assert.deepEqual([workloads.api!.isAfterMigration, workloads.worker!.isAfterMigration], [false, false]);
  });
});

describe("the variables of a part", () => {
  const environment = (given: Partial<NonNullable<SettingsInput["api"]>>, service: Services[string] = worker) =>
    settingsWith({ api: { ...minimal.api, ...given }, services: { worker: service } }).workloads;

  it("override the preview's own, with another value or another format", () => {
    const { api: server } = environment({ env: { CSRF_TRUSTED_ORIGINS: "['${origin}']", DATABASE_URL: "none" } });
    assert.equal(server!.environment.CSRF_TRUSTED_ORIGINS, "['https://pr-123.previews.example.com']");
    assert.equal(server!.environment.DATABASE_URL, "none");
    assert.ok(!("DATABASE_URL" in server!.secrets));
  });

  it("leave out what omit names, of the preview's own and of the other part's, and keep what stands beside it", () => {
    const { api: server, worker: own } = environment(
      { env: { A: "a", B: "b" }, omit: ["SECRET_KEY"] },
      { ...worker, omit: ["A", "B", "ALLOWED_HOSTS"], env: { B: "own" } },
    );
    assert.ok(!("SECRET_KEY" in server!.environment) && !("SECRET_KEY" in server!.secrets));
    assert.ok("ALLOWED_HOSTS" in server!.environment);
    const names = ["SECRET_KEY", "A", "ALLOWED_HOSTS"].filter((name) => name in own!.environment);
    assert.deepEqual([names, own!.environment.B], [[], "own"]);
  });

  it("come before the preview's own in order, which stay where they were", () => {
    const own = Object.keys(settingsWith().workloads.api!.environment);
    const { api: server, worker: made } = environment(
      { env: { Z: "1" }, secrets: { Y: "2" } },
      { ...worker, env: { X: "3" } },
    );
    assert.deepEqual(Object.keys(server!.environment), ["Z", "Y", ...own]);
    assert.deepEqual(Object.keys(made!.environment), ["X", "Z", "Y", ...own]);
  });

  it("of a layer above may be in clear where those below are secret, and the other way round", () => {
    const { worker: own } = environment(
      { env: { A: "${random.A}", B: "b" }, secrets: { C: "c" } },
      { ...worker, env: { A: "clear", C: "clear" }, secrets: { B: "s" } },
    );
    const { A, B, C } = own!.environment;
    assert.deepEqual([A, B, C], ["clear", { ownSecret: "B" }, "clear"]);
    assert.ok(!("A" in own!.secrets) && !("C" in own!.secrets));
    assert.deepEqual(own!.secrets.B, ["s"]);
  });

  it("aren't given to a service of its own image", () => {
    assert.deepEqual(settingsWith({ services: { redis } }).workloads.redis!.environment, {});
  });
});

describe("the checks of a part", () => {
  const checks = (given: Services[string]) => settingsWith({ services: { one: given } }).workloads.one!.checks;
  const tcp = (port: number, everySeconds: number) => ({ tcp: true, port, everySeconds, timeoutSeconds: 5 });

  it("ask its port by default, API and web included", () => {
    const all = (port: number) => ({
      start: { ...tcp(port, 1), failures: 120 },
      ready: tcp(port, 5),
      live: tcp(port, 20),
    });
    const { api: server, web } = settingsWith({ api: { ...minimal.api, port: 8080 } }).workloads;
    assert.deepEqual([server!.checks, web!.checks, checks(redis)], [all(8080), all(3000), all(6379)]);
  });

  it("ask the first of several ports, or one of their own", () => {
    assert.equal(checks(mail).ready?.port, 8025);
    const health = checks({ ...mail, checks: { ready: { http: "/health/ready", port: 9000 } } });
    assert.deepEqual([health.start?.port, health.ready?.port, health.live?.port], [9000, 9000, 8025]);
  });

  it("are none without a port, with none, and of what isn't named", () => {
    assert.deepEqual(checks(worker), none);
    assert.deepEqual(checks({ ...redis, checks: "none" }), {});
    const { start, ready, live } = checks({ ...worker, checks: { live: { command: ["ping"] } } });
    assert.deepEqual([start, ready], [undefined, undefined]);
    assert.deepEqual(live, { command: ["ping"], everySeconds: 20, timeoutSeconds: 10 });
  });

  it("have a start like ready's, each second, for as long as startSeconds says", () => {
    const ready = { http: "/readyz", everySeconds: 30, timeoutSeconds: 9 };
    const { start } = checks({ ...redis, checks: { ready, startSeconds: 600 } });
    assert.deepEqual(start, { http: "/readyz", port: 6379, everySeconds: 1, timeoutSeconds: 9, failures: 600 });
    const own = checks({ ...redis, checks: { start: { tcp: true, everySeconds: 7 }, startSeconds: 20 } }).start;
    assert.deepEqual([own?.everySeconds, own?.failures], [7, 3]);
  });

  it("have livePath and readyPath as a short form, which the long one overrides", () => {
    const { api: server } = settingsWith({
      api: { ...minimal.api, livePath: "/livez", readyPath: "/readyz", checks: { live: { tcp: true } } },
    }).workloads;
    assert.deepEqual(
      [server!.checks.start?.http, server!.checks.ready?.http, server!.checks.live?.http],
      ["/readyz", "/readyz", undefined],
    );
  });
});

describe("whether there are never two of a part", () => {
  const single = (service: Services[string]) => settingsWith({ services: { one: service } }).workloads.one!.isSingle;

  it("is so by default for an image of its own that no commit changes", () => {
    assert.equal(single(redis), true);
    assert.equal(single({ image: "ghcr.io/myorg/collab:0123abc", perCommit: true }), false);
    assert.equal(single(worker), false);
    assert.equal(single({ imageFrom: "api" }), false);
    assert.equal(single({ ...worker, single: true }), true);
    assert.equal(single({ ...redis, single: false }), false);
    const { api: server, web } = settingsWith().workloads;
    assert.deepEqual([server!.isSingle, web!.isSingle], [false, false]);
  });
});

describe("the images of a preview", () => {
  it("are those that a commit changes, each with its revision", () => {
    const collab = { image: "ghcr.io/myorg/collab:0123abc", perCommit: true };
    const { images, revisions } = settingsWith({ services: { redis, worker, collab, twin: { imageFrom: "collab" } } });
    assert.deepEqual(images, { api: minimal.api.image, web: minimal.web.image, collab: collab.image });
    assert.deepEqual(Object.keys(revisions), ["api", "web", "collab"]);
    assert.equal(revisions.collab, "0123abc");
  });

  it("are the API's alone where it serves both halves", () => {
    const { images, parts, workloads } = settingsWith({ web: { enabled: false } });
    assert.deepEqual(images, { api: minimal.api.image });
    assert.deepEqual([Object.keys(parts), Object.keys(workloads)], [["api", "db", "migration"], ["api"]]);
  });
});

describe("a quota that no setting gives", () => {
  const quota = (services: Services, values: SettingsInput = {}) => settingsWith({ ...values, services }).quota;

  it("is at least 2 CPUs, 5Gi and 20 pods", () => {
    const least = { api: { ...minimal.api, migrate: "none" as const }, web: { enabled: false } };
    assert.deepEqual(quota({}, least), { cpu: "2", memory: "5Gi", pods: 20, storage: "10Gi" });
  });

  it("is twice what the parts need during an update, their folders in memory included", () => {
    const small = { resources: { cpu: "100m", memory: "64Mi", memoryLimit: "100Mi" }, writablePaths: [] };
    // Standard parts: 3 × 576Mi, 2 × 640Mi, 833Mi; 6 pods of 50m.
    const standard = { cpu: 0.3, memory: 3841, pods: 6 };
    assert.equal(quota({}).memory, `${2 * standard.memory}Mi`);
    assert.equal(quota({ one: { ...redis, ...small } }).memory, `${2 * (standard.memory + 100)}Mi`);
    assert.equal(quota({ one: { ...worker, ...small } }).memory, `${2 * (standard.memory + 200)}Mi`);
    const folders = [
      { path: "/a", size: "100Mi" },
      { path: "/b", size: "1Gi", disk: true },
    ];
    const withFolders = { ...redis, ...small, writablePaths: folders, sharedMemory: "56Mi" };
    assert.equal(quota({ one: withFolders }).memory, `${2 * (standard.memory + 256)}Mi`);
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`a${at}`, { ...worker, ...small }]));
    assert.equal(quota(many).cpu, String(Math.ceil(2 * (standard.cpu + 10 * 0.2))));
    assert.equal(quota(many).pods, 2 * (standard.pods + 20));
  });

  it("counts a pod as its init container where that needs more", () => {
    const tiny = { resources: { cpu: "1m", memory: "1Mi", memoryLimit: "4Mi" }, writablePaths: [] };
    assert.equal(quota({ one: { ...redis, ...tiny } }).memory, `${2 * (3841 + 32)}Mi`);
  });

  it("is refused where a given one is too small, with what each part takes", () => {
    const one = { ...redis, resources: { memoryLimit: "4Gi", memory: "1Gi" } };
    assert.throws(
      () => quota({ one }, { quota: { memory: "5Gi" } }),
      /quota\.memory: must hold 8001Mi, .* one 4160Mi \(memoryLimit 4Gi, \/tmp 64Mi\).*; got "5Gi"/,
    );
  });
});
