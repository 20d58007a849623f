import assert from "node:assert/strict";
import fc from "fast-check";
import { minimal, problemsWith, settingsWith } from "./example-settings";

const redis = { image: "redis:7.4", port: 6379 };
const worker = { from: "api", command: ["celery", "-A", "app", "worker"] };

/** Invalid values, each with all messages that it must show. */
const wrong: [what: string, values: object, ...messages: RegExp[]][] = [
  ["services that are a list", { services: [redis] }, /^services: must be a map such as \{ key: value \}; got \[/],
  ["services that are null", { services: null }, /^services: must be a map such as \{ key: value \}; got null$/],
  ["services that are a number", { services: 5 }, /^services: must be a map such as \{ key: value \}; got 5$/],
  ["services that are text", { services: "redis" }, /^services: must be a map such as \{ key: value \}; got "redis"$/],
  [
    "a huge map of services",
    { services: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`a${at}`, { from: `a${at + 1}` }])) },
    /^services: must be at most 100 parts; got .{200}… \(\d+ characters\)$/,
  ],
  ["a service that is null", { services: { redis: null } }, /^services\.redis: must be a map such as /],
  ["a service that is named image, and none", { services: { image: 5 } }, /^services\.image: must be a map such as /],
  ["a service without an image", { services: { redis: { port: 6379 } } }, /^services\.redis\.image: is required/],
  [
    "an image from two places",
    { services: { redis: { ...redis, imageFrom: "api" } } },
    /^services\.redis\.imageFrom: must not be given beside image/,
  ],
  [
    "a setting that there isn't",
    { services: { redis: { ...redis, prot: 1 } } },
    /^services\.redis\.prot: there is no such setting; did you mean services\.redis\.port\?$/,
  ],
  [
    "a check that there isn't, in one of the forms that checks may have",
    { services: { redis: { ...redis, checks: { redy: { tcp: true } } } } },
    /^services\.redis\.checks\.redy: there is no such setting; did you mean services\.redis\.checks\.ready\?$/,
  ],
  [
    "from a part that there isn't",
    { services: { worker: { from: "apo" } } },
    /^services\.worker\.from: there is no such part; there are api, web, worker; got "apo"$/,
  ],
  [
    "from the database, which has a component of its own",
    { services: { worker: { from: "database" } } },
    /^services\.worker\.from: there is no such part; there are api, web, worker; got "database"$/,
  ],
  [
    "from a web that is switched off",
    { web: { enabled: false }, services: { worker: { from: "web" } } },
    /^services\.worker\.from: there is no such part; there are api, worker; got "web"$/,
  ],
  [
    "from a name that every object has",
    { services: { worker: { from: "constructor" } } },
    /^services\.worker\.from: there is no such part/,
  ],
  [
    "an empty command or arguments",
    { services: { redis: { ...redis, command: [], args: [] } } },
    /^services\.redis\.command: must not be empty; leave it out for the image's own; got \[\]$/,
    /^services\.redis\.args: must not be empty/,
  ],
  [
    "a port of a check by command",
    { services: { redis: { ...redis, checks: { live: { command: ["ping"], port: 1 } } } } },
    /^services\.redis\.checks\.live\.port: is for http and tcp; got 1$/,
  ],
  [
    "a path to a part that there isn't",
    { api: { ...minimal.api, uses: ["redsi"] }, services: { redis } },
    /^api\.uses\.0: there is no such part; there are api, web, redis, database; got "redsi"$/,
  ],
  [
    "a path to a part without a port",
    { services: { worker, flower: { ...redis, uses: ["worker"] } } },
    /^services\.flower: can't connect to worker, which has no port; set services\.worker\.port$/,
  ],
  [
    "a cycle in from",
    { services: { a: { from: "b" }, b: { from: "a" } } },
    /^services\.a\.from: must not lead back to where it began; got a → b → a$/,
  ],
  [
    "a part from itself",
    { services: { a: { from: "a" } } },
    /^services\.a\.from: must not lead back to where it began; got a → a$/,
  ],
  [
    "a cycle in imageFrom",
    { services: { a: { imageFrom: "b" }, b: { from: "a" } } },
    /^services\.a\.imageFrom: must not lead back to where it began; got a → b → a$/,
  ],
  [
    "a cycle in dependsOn",
    { services: { a: { ...redis, dependsOn: ["b"] }, b: { ...redis, dependsOn: ["a"] } } },
    /^services\.a\.dependsOn: parts must not wait for each other; got a → b → a; put one of them into uses$/,
  ],
  [
    "a part that waits for itself",
    { services: { a: { ...redis, dependsOn: ["a"] } } },
    /^services\.a\.dependsOn: parts must not wait for each other; got a → a/,
  ],
  [
    "a cycle through the API",
    { api: { ...minimal.api, dependsOn: ["a"] }, services: { a: { ...redis, dependsOn: ["api"] } } },
    /^api\.dependsOn: parts must not wait for each other; got api → a → api/,
  ],
  [
    "a mutable tag of an image per commit",
    { services: { collab: { image: "ghcr.io/myorg/collab:latest", perCommit: true } } },
    /^services\.collab\.image: must name a digest .*; got "ghcr\.io\/myorg\/collab:latest"$/,
  ],
  [
    "perCommit without an image of its own",
    { services: { worker: { ...worker, perCommit: true } } },
    /^services\.worker\.perCommit: is for an image of its own/,
  ],
  [
    "two ports without names",
    { services: { mail: { image: "axllent/mailpit:v1.27", ports: [8025, 1025] } } },
    /^services\.mail\.ports: must be ports by name, such as \{ http: 8025, smtp: 1025 \}; got \[8025,1025\]$/,
  ],
  [
    "two ports where one belongs",
    { services: { mail: { image: "axllent/mailpit:v1.27", port: [8025, 1025] } } },
    /^services\.mail\.port: must be a port from 1 to 65535; got \[8025,1025\]$/,
  ],
  [
    "port and ports",
    { services: { redis: { ...redis, ports: { http: 80 } } } },
    /^services\.redis\.ports: must not be given beside port/,
  ],
  [
    "one port by two names",
    { services: { mail: { image: "axllent/mailpit:v1.27", ports: { a: 80, b: 80 } } } },
    /^services\.mail\.ports: must not name a port twice/,
  ],
  ...["HTTP", "http_alt", "a--b", "1", "-", "x".repeat(16)].map((name): [string, object, RegExp] => [
    `${name} as a port's name`,
    { services: { mail: { image: "axllent/mailpit:v1.27", ports: { [name]: 80 } } } },
    /^services\.mail\.ports\.[^ ]+: must be a port's name: at most 15 letters, digits and hyphens$/,
  ]),
  [
    "checks that are none of the three",
    { services: { redis: { ...redis, checks: { ready: {} } } } },
    /^services\.redis\.checks\.ready: must have exactly one of http, tcp and command/,
  ],
  [
    "a check's path that is none",
    { services: { redis: { ...redis, checks: { live: { http: "live" } } } } },
    /^services\.redis\.checks\.live\.http: must be a path that starts with \//,
  ],
  [
    "checks that are a number",
    { services: { redis: { ...redis, checks: 5 } } },
    /^services\.redis\.checks: must be none, or \{ start, ready, live, startSeconds \}; got 5$/,
  ],
  [
    "a check by HTTP of a part without a port",
    { services: { worker: { ...worker, checks: { ready: { http: "/" } } } } },
    /^services\.worker\.checks\.start: needs a port/,
    /^services\.worker\.checks\.ready: needs a port/,
  ],
  [
    "a memory request above the limit that it inherits",
    { services: { worker: { ...worker, resources: { memory: "1Gi" } } } },
    /^services\.worker\.resources\.memoryLimit: must not be smaller than the memory request of 1Gi; got "512Mi"$/,
  ],
  [
    "a memory request above the limit, once although another part inherits both",
    { services: { worker: { ...worker, resources: { memoryLimit: "64Mi" } }, beat: { from: "worker" } } },
    /^services\.worker\.resources\.memoryLimit: must not be smaller than the memory request of 160Mi; got "64Mi"$/,
  ],
  [
    "the same of API, web and database",
    {
      api: { ...minimal.api, resources: { memory: "1Gi" } },
      web: { ...minimal.web, resources: { memoryLimit: "100Mi" } },
      database: { resources: { memoryLimit: "64Mi" } },
      services: { worker },
    },
    /^api\.resources\.memoryLimit: must not be smaller than the memory request of 1Gi; got nothing$/,
    /^web\.resources\.memoryLimit: must not be smaller than the memory request of 128Mi; got "100Mi"$/,
    /^database\.resources\.memoryLimit: must not be smaller than the memory request of 96Mi; got "64Mi"$/,
  ],
  [
    "shared memory in two places",
    { services: { redis: { ...redis, sharedMemory: "1Gi", writablePaths: ["/dev/shm"] } } },
    /^services\.redis\.sharedMemory: must not be given beside \/dev\/shm in writablePaths$/,
  ],
  [
    "no time to stop",
    { services: { redis: { ...redis, stopSeconds: 0 } } },
    /^services\.redis\.stopSeconds: must be a whole number of seconds from 1 to 3600; got 0$/,
  ],
  [
    "secret values where others see them",
    {
      secrets: { KEY: "hidden" },
      api: { ...minimal.api, migrate: ["sh", "${secret.KEY}"] },
      services: { redis: { ...redis, command: ["sh", "${random.A}"], args: ["--", "${database.password}"] } },
      ingress: { annotations: { "example.com/a": "${database.url}" } },
    },
    /^services\.redis\.command\.1: must not contain a secret value/,
    /^services\.redis\.args\.1: must not contain a secret value/,
    /^api\.migrate\.1: must not contain a secret value/,
    /^ingress\.annotations\.example\.com\/a: must not contain a secret value/,
  ],
  [
    "a value that there isn't, once although three parts have the variable",
    {
      api: { ...minimal.api, env: { CACHE: "${radis.host}" } },
      services: { redis, worker, beat: { from: "worker" } },
    },
    /^api\.env\.CACHE: there is no value \$\{radis\.host\}; there are .*, redis\.host, redis\.port, .*; write \$\$\{/,
  ],
  [
    "omit of a variable that there isn't, in the API, in a part made from it, and in one that gets none",
    {
      api: { ...minimal.api, env: { OWN: "1" }, omit: ["SECRET_KEY", "SECRET", "OWN"] },
      services: {
        worker: { ...worker, env: { A: "1" }, omit: ["OWN", "SECRET_KEY", "A"] },
        beat: { from: "worker", omit: ["OWN", "A", "NODE_ENV"] },
        redis: { ...redis, omit: ["SECRET_KEY"] },
      },
    },
    /^api\.omit\.1: there is no such variable to leave out; it gets ALLOWED_HOSTS, .*, SSL_CERT_FILE; got "SECRET"$/,
    /^api\.omit\.2: .*; got "OWN"$/,
    /^services\.worker\.omit\.2: .*, GIT_SHA, OWN, PREVIEW_HOST, .*; got "A"$/,
    /^services\.beat\.omit\.2: .*; it gets A, .*, OWN, .*; got "NODE_ENV"$/,
    /^services\.redis\.omit\.0: there is no such variable to leave out; it gets none; got "SECRET_KEY"$/,
  ],
  [
    "a variable in env and in secrets of one group, once although another part inherits it",
    {
      api: { ...minimal.api, env: { KEY: "clear" }, secrets: { KEY: "hidden" } },
      services: { worker, redis: { ...redis, env: { PASS: "clear" }, secrets: { PASS: "hidden" } } },
    },
    /^api\.env\.KEY: must not be given beside api\.secrets\.KEY$/,
    /^services\.redis\.env\.PASS: must not be given beside services\.redis\.secrets\.PASS$/,
  ],
  [
    "the address of a part without a port",
    { services: { worker, other: { ...redis, env: { A: "${worker.host}" } } } },
    /^services\.other\.env\.A: there is no value \$\{worker\.host\}/,
  ],
  [
    "the one port of a part that has several",
    { services: { mail: { ...redis, port: undefined, ports: { http: 80, smtp: 25 }, args: ["${mail.port}"] } } },
    /^services\.mail\.args\.0: there is no value \$\{mail\.port\}; there are .*mail\.port\.http, mail\.port\.smtp/,
  ],
];

describe("the setting services", () => {
  for (const [what, values, ...expected] of wrong) {
    it(`refuses ${what}`, () => {
      const found = problemsWith(values);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((message, index) => assert.match(found[index]!, message));
    });
  }

  const taken = {
    "a part that every preview has": ["api", "web", "database", "db", "migration"],
    "a value, such as \\${host}": [
      ...["host", "hostport", "origin", "number", "namespace", "sha", "random", "secret", "public"],
    ],
  };
  for (const [like, names] of Object.entries(taken)) {
    for (const name of names) {
      it(`refuses the name ${name}`, () => {
        const found = problemsWith({ services: { [name]: redis } });
        assert.match(found.join("\n"), new RegExp(`^services\\.${name}: must not be called like ${like}$`));
      });
    }
  }

  it("refuses a name that a Service can't have", () => {
    for (const name of ["Redis", "re_dis", "1redis", "-redis", "re.dis", "x".repeat(41), ""]) {
      assert.match(
        problemsWith({ services: { [name]: redis } })[0] ?? "",
        new RegExp(`^services\\.${name}: must `),
        name,
      );
    }
    assert.deepEqual(problemsWith({ services: { [`r${"-9".repeat(19)}x`]: redis } }), []);
  });

  it("reports everything that is wrong at once", () => {
    const services = {
      redis: { ...redis, image: "redis:$(id)", stopSeconds: -1 },
      worker: { ...worker, uid: 0 },
      host: redis,
      mail: { image: "axllent/mailpit:v1.27", ports: [1, 2] },
    };
    const found = problemsWith({ services, domain: "a_b.example.com" });
    assert.deepEqual(found.map((text) => text.split(": ")[0]).sort(), [
      ...["domain", "services.host", "services.mail.ports", "services.redis.image", "services.redis.stopSeconds"],
      "services.worker.uid",
    ]);
    const composed = {
      domain: "a_b.example.com",
      demoLogin: undefined,
      services: {
        a: { ...redis, dependsOn: ["b"], env: { A: "${nope}" } },
        b: { ...redis, dependsOn: ["a"], args: ["${random.A}"] },
        c: { port: 80 },
        d: { image: "d:latest", perCommit: true, env: { A: "${c.prot}" } },
      },
    };
    assert.deepEqual(
      problemsWith(composed).map((text) => text.split(": ")[0]),
      [
        ...["domain", "services.c.image", "services.d.image", "services.a.env.A", "services.b.args.0"],
        ...["services.d.env.A", "services.a.dependsOn"],
      ],
    );
  });

  it("never shows a secret's value, wherever it was put", () => {
    const hidden = { secrets: { KEY: "hidden" }, env: { A: null } };
    for (const services of [
      [hidden],
      { redis: [hidden] },
      { redis: { ...redis, checks: hidden } },
      { redis: hidden },
    ]) {
      assert.doesNotMatch(
        problemsWith({ services, secrets: { "A B": "hidden", KEY: ["hidden"] } }).join("\n"),
        /hidden/,
      );
    }
  });

  it("takes names of variables with dots, as Neo4j has them, and refuses others", () => {
    const named = (name: string) => ({ services: { graph: { image: "neo4j:5", env: { [name]: "1G" } } } });
    assert.equal(settingsWith(named("NEO4J_dbms.memory")).workloads.graph!.environment["NEO4J_dbms.memory"], "1G");
    for (const name of ["A B", "1A", "A-B", ".A", "A=B", ""]) {
      assert.match(
        problemsWith(named(name)).join("\n"),
        /must be a variable name: letters, digits, underscores and dots/,
      );
    }
    const login = { demoLogin: { username: "reviewer", passwordVariable: "DEMO.PASSWORD" } };
    assert.match(
      problemsWith(login).join("\n"),
      /^demoLogin\.passwordVariable: must be a name of letters, digits and under/,
    );
  });

  it("takes all four of the issue's services as written", () => {
    const { workloads } = settingsWith({
      services: {
        redis: { image: "redis:7.4", port: 6379, uid: 999 },
        worker: { from: "api", command: ["celery", "-A", "app", "worker"], dependsOn: ["redis"], stopSeconds: 60 },
        beat: { from: "api", command: ["celery", "-A", "app", "beat"], dependsOn: ["redis"], single: true },
        mail: { image: "axllent/mailpit:v1.27", ports: { http: 8025, smtp: 1025 }, uid: 1000 },
      },
    });
    assert.deepEqual(Object.keys(workloads), ["api", "web", "redis", "worker", "beat", "mail"]);
  });

  it("gets settings or a SettingsError for any input", () => {
    const name = fc.oneof(fc.constantFrom("redis", "worker", "beat", "image", "api", "constructor"), fc.string());
    const value = fc.oneof(
      fc.constantFrom("redis:7.4", "api", "worker", "constructor", "none", "${redis.host}", "${secret.A}", "${"),
      fc.anything({ maxDepth: 2 }),
    );
    const key = fc.constantFrom(
      ...["from", "imageFrom", "image", "perCommit", "port", "ports", "single", "env", "secrets", "omit", "command"],
      ...["args", "uid", "gid", "checks", "uses", "dependsOn", "egress", "writablePaths", "resources", "sharedMemory"],
    );
    const service = fc.oneof(fc.dictionary(key, value, { maxKeys: 4 }), value);
    const valid = fc.record(
      {
        image: fc.constant("redis:7.4"),
        from: fc.constantFrom("redis", "worker", "beat", "api", "web"),
        imageFrom: fc.constantFrom("redis", "worker", "beat", "api", "web"),
        port: fc.constantFrom(80, 6379),
        uses: fc.subarray(["redis", "worker", "beat", "api", "database"]),
        dependsOn: fc.subarray(["redis", "worker", "beat", "api", "database"]),
        env: fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("${redis.host}", "${beat.port}", "${random.A}")),
      },
      { requiredKeys: [] },
    );
    const services = fc.oneof(
      fc.dictionary(name, service, { maxKeys: 4 }),
      fc.dictionary(fc.constantFrom("redis", "worker", "beat"), valid),
      value,
    );
    fc.assert(
      fc.property(services, value, value, (services, image, command) => {
        problemsWith({ services });
        problemsWith({ services, api: { ...minimal.api, command }, web: { image } });
        problemsWith({ services, secrets: command, database: image, domain: image, demoLogin: command });
      }),
      { numRuns: 500 },
    );
  });
});
