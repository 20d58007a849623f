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

/** Each wrong value with the setting that must be named and what the message must show. */
const wrong: [string, unknown, RegExp][] = [
  ["no context", { kubeContext: undefined }, /^kubeContext: is required/],
  ["no domain", { domain: undefined }, /^domain: is required/],
  ["a domain with a scheme", { domain: "https://previews.example.com" }, /^domain: .*scheme.*https:/],
  ["a domain with a port", { domain: "previews.example.com:8443" }, /^domain: .*port.*8443/],
  ["a domain with an underscore", { domain: "my_previews.example.com" }, /^domain: .*my_previews/],
  ["a domain with a long label", { domain: `${"a".repeat(64)}.com` }, /^domain: .*63 characters.*aaa/],
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
  ["a variable that is none", { api: { ...minimal.api, env: { "A B": "c" } } }, /^api\.env/],
  [
    "a variable of the contract",
    { api: { ...minimal.api, env: { ALLOWED_HOSTS: "*" } } },
    /^api\.env\.ALLOWED_HOSTS: is set by the preview/,
  ],
  [
    "a secret variable of the contract",
    { web: { ...minimal.web, secrets: { NEXTAUTH_SECRET: "x" } } },
    /^web\.secrets\.NEXTAUTH_SECRET/,
  ],
  ["an unknown setting", { domian: "x" }, /^domian: there is no such setting/],
  ["an unknown setting in a group", { api: { ...minimal.api, imag: "x" } }, /^api\.imag: there is no such setting/],
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
  ["certificates that are a path", { trustedCa: "/etc/ssl/ca.pem" }, /^trustedCa: .*PEM.*\/etc\/ssl/],
  [
    "a login whose variable is the preview's own",
    { demoLogin: { username: "reviewer", passwordVariable: "SECRET_KEY" } },
    /^demoLogin\.passwordVariable: SECRET_KEY has another value/,
  ],
  ["a login without variable", { demoLogin: { username: "reviewer" } }, /^demoLogin\.passwordVariable/],
  ["a generation that is none", { database: { generation: 0 } }, /^database\.generation/],
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
  ["more memory than the quota has", { quota: { memory: "2Gi" } }, /^quota\.memory: .*"2Gi"/],
  ["more cpu than the quota has", { web: { ...minimal.web, resources: { cpu: "3" } } }, /^quota\.cpu: .*"2"/],
  ["a larger volume than the quota has", { database: { storage: "20Gi" } }, /^quota\.storage: .*"10Gi"/],
  ["a repository that is none", { repository: "../etc" }, /^repository: .*owner\/name/],
];

describe("parseSettings", () => {
  it("accepts the least, fills in every default, and freezes it all", () => {
    const settings = settingsWith();
    assert.equal(settings.names.origin, "https://pr-123.previews.example.com");
    assert.deepEqual(settings.revisions, { api: "4f5c2d1", web: minimal.web.image.split("@")[1] });
    assert.equal(settings.dns, undefined);
    assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.api.resources));
  });

  it("takes a port as text, as Pulumi hands it over", () => assert.equal(settingsWith({ port: "8443" }).port, 8443));

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

  it("names all that is wrong at once, the stack's name included", () => {
    const found = problems({ ...minimal, domain: "a_b.example.com", api: { image: "x:latest" } }, "main");
    assert.deepEqual(
      found.map((text) => text.split(":")[0]),
      ["stack", "domain", "api.image"],
    );
  });

  it("never shows a secret's value", () => {
    const secrets = { KEY: 12345 };
    const registry = { server: "", username: "u", password: "" };
    const text = problems({ ...minimal, api: { ...minimal.api, secrets }, registry }).join("\n");
    assert.match(text, /api\.secrets\.KEY/);
    assert.doesNotMatch(text, /12345/);
  });

  it("answers anything with settings or with a SettingsError", () => {
    fc.assert(
      fc.property(fc.object(), fc.string(), (values, stack) => {
        problems({ ...minimal, ...values }, stack);
      }),
    );
  });
});
