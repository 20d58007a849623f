import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings, SettingsError, type SettingsInput } from "../../contract";
import { minimal, settingsWith } from "./example-settings";

function problems(values: unknown, stack = "pr-1"): readonly string[] {
  try {
    parseSettings(stack, "preview", values as SettingsInput);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems;
  }
  return [];
}

const folders = (...writablePaths: unknown[]) => ({ api: { ...minimal.api, writablePaths } });

/** Invalid values, each with the setting and the text that the message must show. */
const wrong: [string, unknown, RegExp][] = [
  ["no context", { kubeContext: undefined }, /^kubeContext: is required/],
  ["no domain", { domain: undefined }, /^domain: is required/],
  ["a domain with a scheme", { domain: "https://previews.example.com" }, /^domain: .*scheme.*https:/],
  ["a domain with a port", { domain: "previews.example.com:8443" }, /^domain: .*port.*8443/],
  ["a domain with an underscore", { domain: "my_previews.example.com" }, /^domain: .*my_previews/],
  ["a domain with a long label", { domain: `${"a".repeat(64)}.com` }, /^domain: .*1 to 63 lower-case.*aaa/],
  ["a domain with capitals", { domain: "Previews.example.com" }, /^domain: .*lower-case.*Previews/],
  ["a domain of 253 characters", { domain: `${"a.".repeat(100)}com` }, /^domain: .*180 characters/],
  ["a wildcard", { domain: "*.example.com" }, /^domain: .*\*\.example/],
  ["no API image", { api: {} }, /^api\.image: is required/],
  ["no web image", { web: undefined }, /^web\.image: is required/],
  ["the tag latest", { api: { image: "ghcr.io/myorg/api:latest" } }, /^api\.image: .*digest.*:latest"/],
  ["neither tag nor digest", { api: { image: "ghcr.io/myorg/api" } }, /^api\.image: .*digest.*myorg\/api"/],
  ["a shell word as image", { api: { image: "api:$(id)" } }, /^api\.image: .*\$\(id\)/],
  ["negative memory", { api: { ...minimal.api, resources: { memory: "-1Gi" } } }, /^api\.resources\.memory: .*"-1Gi"/],
  [
    "absurd memory",
    { api: { ...minimal.api, resources: { memoryLimit: "900Ti" } } },
    /^api\.resources\.memoryLimit: .*"900Ti"/,
  ],
  ["absurd cpu", { web: { ...minimal.web, resources: { cpu: "4000" } } }, /^web\.resources\.cpu: .*"4000"/],
  [
    "a limit below the request",
    { web: { ...minimal.web, resources: { memory: "1Gi" } } },
    /^web\.resources\.memoryLimit/,
  ],
  ["a port that is none", { port: "70000" }, /^port: .*65535/],
  ["a port that is a word", { port: "https" }, /^port: /],
  ["a prefix that is no label", { prefix: "My_Product" }, /^prefix: .*My_Product/],
  ["a path with a query", { api: { ...minimal.api, readyPath: "/ready?x=1" } }, /^api\.readyPath: .*x=1/],
  [
    "a writable path that climbs",
    { api: { ...minimal.api, writablePaths: ["/tmp/../etc"] } },
    /^api\.writablePaths\.0/,
  ],
  [
    "a variable that is none",
    { api: { ...minimal.api, env: { "A B": "c" } } },
    /^api\.env\.A B: must be a variable name/,
  ],
  ["a writable path that is relative", folders({ path: "cache" }), /^api\.writablePaths\.0\.path: .*absolute.*"cache"/],
  ["a writable path of two", folders("/tmp", { path: "/tmp" }), /^api\.writablePaths\.1: must not list \/tmp twice/],
  ["a folder's size that is none", folders({ path: "/c", size: "2 GB" }), /^api\.writablePaths\.0\.size: .*"2 GB"/],
  ["a folder on disk without size", folders({ path: "/c", disk: true }), /^api\.writablePaths\.0\.size: is required/],
  ["a folder that is a number", folders(5), /^api\.writablePaths\.0: must be an absolute path in the container; got 5/],
  ["root as the user", { api: { ...minimal.api, uid: 0 } }, /^api\.uid: .*got 0/],
  ["a negative group", { api: { ...minimal.api, gid: -1 } }, /^api\.gid: .*got -1/],
  ["an unknown setting", { domian: "x" }, /^domian: there is no such setting; did you mean domain\?$/],
  [
    "an unknown setting in a group",
    { api: { ...minimal.api, imag: "x" } },
    /^api\.imag: .*; did you mean api\.image\?$/,
  ],
  [
    "one in another case",
    { web: { ...minimal.web, livepath: "/" } },
    /^web\.livepath: .*; did you mean web\.livePath\?$/,
  ],
  ["one in a list", { egress: [{ cidr: "192.0.2.0/24", prots: [1] }] }, /; did you mean egress\.0\.ports\?$/],
  ["one that is like no other", { hostname: "a" }, /^hostname: there is no such setting$/],
  ["one whose name is in another group", { uid: 1 }, /^uid: there is no such setting$/],
  ["a controller without place", { ingress: { controller: {} } }, /^ingress\.controller: .*exactly one/],
  [
    "a foreign origin with a wildcard",
    { api: { ...minimal.api, corsOrigins: ["https://*.a.example"] } },
    /^api\.corsOrigins\.0: .*\*\.a/,
  ],
  [
    "a foreign origin with a slash",
    { api: { ...minimal.api, corsOrigins: ["https://a.example/"] } },
    /^api\.corsOrigins\.0/,
  ],
  ["all paths past the web", { ingress: { apiPaths: ["/"] } }, /^ingress\.apiPaths\.0: must not be \//],
  ["NUL in a variable", { api: { ...minimal.api, env: { A: "x\0y" } } }, /^api\.env\.A: .*NUL.*"x\\u0000y"$/],
  ["NUL in a secret", { api: { ...minimal.api, secrets: { A: "x\0y" } } }, /^api\.secrets\.A: [^;]*NUL$/],
  ["NUL in a command", { web: { ...minimal.web, command: ["a", "\0"] } }, /^web\.command\.1: .*NUL/],
  ["NUL in an annotation", { ingress: { annotations: { a: "\0" } } }, /^ingress\.annotations\.a: .*NUL/],
  ["a context with a line's end", { kubeContext: "previews\n" }, /^kubeContext: .*one line.*"previews\\n"$/],
  [
    "a user with an escape",
    { demoLogin: { username: "\u001b[31m", passwordVariable: "P" } },
    /^demoLogin\.username: .*control/,
  ],
  [
    "a text that is none",
    { api: { ...minimal.api, env: { A: null } } },
    /^api\.env\.A: must be text, or .*; got null$/,
  ],
  ["a list of none", { api: { ...minimal.api, command: [null] } }, /^api\.command\.0: must be text; got null$/],
  ["a fraction of a core", { quota: { cpu: 2.5 } }, /^quota\.cpu: .*in quotes.*; got 2\.5$/],
  ["certificates that are a path", { trustedCa: "/etc/ssl/ca.pem" }, /^trustedCa: .*PEM.*\/etc\/ssl/],
  [
    "a login whose variable is the preview's own",
    { demoLogin: { username: "reviewer", passwordVariable: "SECRET_KEY" } },
    /^demoLogin\.passwordVariable: the variable SECRET_KEY is already set/,
  ],
  ["a login without variable", { demoLogin: { username: "reviewer" } }, /^demoLogin\.passwordVariable/],
  ["a generation that is none", { database: { generation: 0 } }, /^database\.generation/],
  ["a database whose name is none", { database: { name: "my db" } }, /^database\.name: .*letters.*"my db"/],
  ["a database user of Postgres's own", { database: { user: "pg_owner" } }, /^database\.user: .*not pg_/],
  ["a DNS record without target", { dns: { zoneId: "a".repeat(32) } }, /^dns\.target/],
  [
    "an A record to a name",
    { dns: { zoneId: "a".repeat(32), type: "A", target: "lb.example.com" } },
    /^dns\.target: .*IPv4/,
  ],
  ["a zone that is none", { dns: { zoneId: "example.com", target: "x" } }, /^dns\.zoneId: .*32 hexadecimal.*example/],
  ["egress to both", { egress: [{ cidr: "10.0.0.0/8", namespaceLabels: { a: "b" } }] }, /^egress\.0: .*exactly one/],
  ["no product", { product: undefined }, /^product: is required/],
  ["a selector of every namespace", { egress: [{ namespaceLabels: {} }] }, /^egress\.0\.namespaceLabels: .*one label/],
  [
    "more memory than the quota has",
    { quota: { memory: "3840Mi" } },
    /^quota\.memory: must hold 3841Mi, .*: 3 × api 576Mi \(memoryLimit 512Mi, \/tmp 64Mi\), .* 640Mi .* 833Mi .*"3840Mi"/,
  ],
  [
    "more memory than the quota has, in a folder",
    { ...folders({ path: "/cache", size: "1Gi" }), quota: { memory: "5Gi" } },
    /^quota\.memory: must hold 6721Mi, .*1536Mi \(memoryLimit 512Mi, \/cache 1Gi\).*"5Gi"/,
  ],
  [
    "more cpu than the quota has",
    { web: { ...minimal.web, resources: { cpu: "3" } }, quota: { cpu: "2" } },
    /^quota\.cpu: .* 6\.2, .*"2"/,
  ],
  ["a larger volume than the quota has", { database: { storage: "20Gi" } }, /^quota\.storage: .*"10Gi"/],
  ["a repository that is none", { repository: "../etc" }, /^repository: .*owner\/name/],
];

describe("parseSettings", () => {
  it("accepts the minimum, fills in every default and freezes the result", () => {
    const settings = settingsWith();
    assert.equal(settings.names.origin, "https://pr-123.previews.example.com");
    assert.deepEqual(settings.revisions, { api: "4f5c2d1", web: minimal.web.image.split("@")[1] });
    assert.equal(settings.dns, undefined);
    assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.api.resources));
  });

  it("accepts a port as text, as Pulumi passes it", () => assert.equal(settingsWith({ port: "8443" }).port, 8443));

  it("accepts a quota that holds exactly what an update needs", () => {
    const quota = { cpu: "300m", memory: "3841Mi", storage: "1Gi" };
    assert.equal(settingsWith({ quota }).quota.memory, "3841Mi");
  });

  it("doesn't count folders on disk against the memory quota", () => {
    const disk = { path: "/cache", size: "100Gi", disk: true };
    assert.deepEqual(settingsWith(folders("/tmp", disk) as SettingsInput).api.writablePaths, ["/tmp", disk]);
  });

  it("lets a setting name the revision", () => {
    const settings = settingsWith({ api: { ...minimal.api, sha: "0123456789" } });
    assert.equal(settings.revisions.api, "0123456789");
  });

  for (const [what, values, expected] of wrong) {
    it(`refuses ${what}`, () => {
      const found = problems({ ...minimal, ...(values as object) });
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, expected);
    });
  }

  it("accepts texts that `pulumi config set --path` has turned into integers and booleans", () => {
    const { api, web, quota, ingress } = settingsWith({
      api: { ...minimal.api, env: { N: 30, B: true, NEGATIVE: -5 }, migrate: ["sh", 1, false], sha: 1234567 },
      web: { ...minimal.web, command: [3], resources: { cpu: 1 } },
      ingress: { annotations: { "example.com/ssl-redirect": true } },
      quota: { cpu: 4 },
    });
    assert.deepEqual(api.env, { N: "30", B: "true", NEGATIVE: "-5" });
    assert.deepEqual([api.migrate, web.command], [["sh", "1", "false"], ["3"]]);
    assert.deepEqual([api.sha, web.resources.cpu, quota.cpu], ["1234567", "1", "4"]);
    assert.deepEqual(ingress.annotations, { "example.com/ssl-redirect": "true" });
  });

  for (const value of [1.1, 1e21, 12345678901234567000, { unquoted: "01234" }]) {
    it(`asks for quotes around a number that was altered: ${JSON.stringify(value)}`, () => {
      const found = problems({
        ...minimal,
        api: { ...minimal.api, env: { V: value }, command: ["a", value] },
        database: { storageClass: value },
      });
      assert.equal(found.length, 3, found.join("\n"));
      ["api.env.V", "api.command.1", "database.storageClass"].forEach((name, index) => {
        assert.ok(
          found[index]!.startsWith(`${name}: must be text: put it in quotes (YAML turns 1.10 into 1.1`),
          found[index],
        );
        assert.match(found[index]!, /; got (1\.1|1e\+21|12345678901234567000|01234)$/);
      });
    });
  }

  it("reports all problems at once, whatever rule they break", () => {
    const found = problems({
      ...minimal,
      domain: "a_b.example.com",
      api: { image: "x:latest", env: { ALLOWED_HOSTS: "*", "A B": "c", LOST: null }, secrets: { MY_SECRET: "s" } },
      web: { ...minimal.web, env: { PORT: "1" }, resources: { memory: "1Gi", cpu: 1 } },
      quota: { cpu: "1" },
      egress: [{ cidr: "10.0.0.0", namespaceLabels: { a: "b" } }],
      trustPublicCas: "perhaps",
      demoLogin: { username: "", passwordVariable: "MY_SECRET" },
      dns: { zoneId: 1.5, type: "A", target: "lb.example.com" },
    });
    assert.deepEqual(found.map((text) => text.split(":")[0]).sort(), [
      "api.env.A B",
      "api.env.LOST",
      "api.image",
      "demoLogin.passwordVariable",
      "demoLogin.username",
      "dns.target",
      "dns.zoneId",
      "domain",
      "egress.0",
      "egress.0.cidr",
      "trustPublicCas",
      "web.resources.memoryLimit",
    ]);
    const images = { api: { image: "x:latest" }, web: { ...minimal.web, resources: { cpu: 1 } } };
    assert.deepEqual(
      problems({ ...minimal, ...images, quota: { cpu: 1 } }).map((text) => text.split(":")[0]),
      ["api.image", "quota.cpu"],
    );
  });

  it("reports the stack's name among the problems", () => {
    const found = problems({ ...minimal, domain: "a_b.example.com", api: { image: "x:latest" } }, "main");
    assert.deepEqual(
      found.map((text) => text.split(":")[0]),
      ["stack", "domain", "api.image"],
    );
  });

  it("never shows a secret's value", () => {
    const secrets = { FRACTION: 1.2345, NUL: "12345\0", UNQUOTED: { unquoted: "012345" } };
    const registry = { server: "", username: "u", password: "12345\n" };
    const found = problems({ ...minimal, api: { ...minimal.api, secrets }, registry });
    assert.deepEqual(
      found.map((text) => text.split(":")[0]),
      ["api.secrets.FRACTION", "api.secrets.NUL", "api.secrets.UNQUOTED", "registry.server", "registry.password"],
    );
    assert.doesNotMatch(found.join("\n"), /2345/);
  });

  it("returns settings or throws a SettingsError for any input", () => {
    fc.assert(
      fc.property(fc.object(), fc.string(), (values, stack) => {
        problems({ ...minimal, ...values }, stack);
      }),
    );
  });
});
