import assert from "node:assert/strict";
import fc from "fast-check";
import { secretData, type SettingsInput } from "../../contract";
import { interpolate, KnownValues, randomValue, randomValuesIn, valuesNamedIn } from "../../contract/values";
import { parseTemplate } from "../../contract/values/template";
import { minimal, settingsWith } from "./example-settings";

const services = {
  redis: { image: "redis:7.4", port: 6379 },
  mail: { image: "axllent/mailpit:v1.27", ports: { http: 8025, smtp: 1025 } },
  collab: { image: "ghcr.io/myorg/collab:0123abc", perCommit: true },
};

/** The variable `V` of the API: its text in clear, or what its Secret holds once every generated value is `<name>`. */
function value(text: string, values: SettingsInput = {}): string | { readonly secret: string } {
  const settings = settingsWith({
    services,
    secrets: { KEY: "pem ${host} $${x}" },
    ...values,
    api: { ...minimal.api, env: { V: text } },
  });
  const { environment, secrets } = settings.workloads.api!;
  const { V } = environment;
  const generated = new Proxy({}, { get: (_, name) => `<${String(name)}>` });
  return typeof V === "string" ? V : { secret: secretData({ V: secrets.V! }, generated).V! };
}

describe("a text with values in it", () => {
  it("is cut at each value, and all else is literal", () => {
    const cuts: [text: string, ...pieces: (string | { value: string })[]][] = [
      [""],
      ["plain", "plain"],
      ["${host}", { value: "host" }],
      [
        "redis://${redis.host}:${redis.port}/0",
        "redis://",
        { value: "redis.host" },
        ":",
        { value: "redis.port" },
        "/0",
      ],
      ["${a}${b}", { value: "a" }, { value: "b" }],
      ["$${host}", "${host}"],
      ["a$${b}${c}$${d}", "a${b}", { value: "c" }, "${d}"],
      ["$$${host}", "$${host}"],
      ["costs $5, $HOME, $(X), $$", "costs $5, $HOME, $(X), $$"],
      ["${unclosed", "${unclosed"],
      ["${a{b}}", "${a{b}}"],
      ["${}", { value: "" }],
      ["}${a}{", "}", { value: "a" }, "{"],
      ["two\n${lines}\n", "two\n", { value: "lines" }, "\n"],
    ];
    for (const [text, ...pieces] of cuts) {
      assert.deepEqual(parseTemplate(text), pieces, text);
    }
  });

  it("comes back as it was once its pieces are joined", () => {
    const piece = fc.oneof(
      fc.string().map((text) => text.replaceAll("{", "")),
      fc.string({ unit: fc.constantFrom("$", "}", "a", ".") }),
      fc.stringMatching(/^[a-z.]{0,8}$/).map((value) => ({ value })),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        // A literal may not end in $ before a value: that is the literal ${.
        const given = pieces.filter(
          (one, at) => !(typeof one === "string" && /\$$/.test(one) && at < pieces.length - 1),
        );
        const text = given.map((one) => (typeof one === "string" ? one : `\${${one.value}}`)).join("");
        const found = parseTemplate(text);
        assert.equal(found.map((one) => (typeof one === "string" ? one : `\${${one.value}}`)).join(""), text);
        assert.deepEqual(
          valuesNamedIn(text),
          given.flatMap((one) => (typeof one === "string" ? [] : [one.value])),
        );
      }),
    );
  });

  it("can say any text at all, with $${ for each ${", () => {
    const report = (problem: string) => assert.fail(problem);
    const known = { get: () => undefined, list: () => "" } as unknown as KnownValues;
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("$", "{", "}", "a") }));
    fc.assert(
      fc.property(text, (literal) => {
        assert.equal(
          interpolate(
            literal.replaceAll("${", () => "$${"),
            known,
            report,
          ),
          literal,
        );
      }),
    );
  });
});

describe("the values", () => {
  const plain: [string, string][] = [
    ["${host}", "pr-123.previews.example.com"],
    ["${hostport}", "pr-123.previews.example.com"],
    ["${origin}", "https://pr-123.previews.example.com"],
    ["${number}", "123"],
    ["${namespace}", "pr-123"],
    ["${sha.api}", "4f5c2d1"],
    ["${sha.web}", minimal.web.image.split("@")[1]!],
    ["${sha.collab}", "0123abc"],
    ["${database.host}:${database.port}", "db:5432"],
    ["${database.name} of ${database.user}", "app_preview of app"],
    ["${api.host}:${api.port}", "api:8000"],
    ["${web.host}:${web.port}", "web:3000"],
    ["redis://${redis.host}:${redis.port}/0", "redis://redis:6379/0"],
    ["${mail.host}:${mail.port.smtp}, ${mail.port.http}", "mail:1025, 8025"],
    ["['${origin}']", "['https://pr-123.previews.example.com']"],
    ["$${host} $HOME $(X) $", "${host} $HOME $(X) $"],
  ];
  for (const [text, expected] of plain) {
    it(`makes of ${text}, in clear, ${expected}`, () => assert.deepEqual(value(text), expected));
  }

  const secret: [string, string][] = [
    ["${database.password}", "<databasePassword>"],
    ["${database.url}?sslmode=disable", "postgres://app:%3CdatabasePassword%3E@db:5432/app_preview?sslmode=disable"],
    ["${random.A}-${random.A}", "<random.A>-<random.A>"],
    ["${random.A.base64} ${random.A.base64url}", "<random.A.base64> <random.A.base64url>"],
    ["https://${host}/?key=${random.B_1}", "https://pr-123.previews.example.com/?key=<random.B_1>"],
    ["-- ${secret.KEY} --", "-- pem ${host} $${x} --"],
  ];
  for (const [text, expected] of secret) {
    it(`makes of ${text} what only a Secret holds`, () => assert.deepEqual(value(text), { secret: expected }));
  }

  it("are the Service's ports, whatever the containers listen on", () => {
    const { workloads } = settingsWith({
      api: { ...minimal.api, port: 8080, env: { V: "${api.port}" } },
      web: { ...minimal.web, port: 8081, env: { V: "${web.port}" } },
    });
    assert.deepEqual([workloads.api!.environment.V, workloads.web!.environment.V], ["8000", "8081"]);
  });

  it("have the port in hostport and origin where it isn't 443", () => {
    const host = "pr-123.previews.example.com:8443";
    assert.equal(value("wss://${hostport} ${origin}", { port: 8443 }), `wss://${host} https://${host}`);
  });

  it("take the database's name and user from the settings, encoded where they stand in a URL", () => {
    const database = { name: "shop", user: "owner" };
    assert.equal(value("${database.name} ${database.user}", { database }), "shop owner");
    const url = "postgres://owner:%3CdatabasePassword%3E@db:5432/shop";
    assert.deepEqual(value("${database.url}", { database }), { secret: url });
  });

  it("are secret if any value in a text is, wherever it stands, and only then", () => {
    const known = new KnownValues({ ...settingsWith({ services }), listeners: [], secrets: { A: "a" } });
    const names = [
      ...["host", "origin", "number", "namespace", "sha.api", "database.host", "database.name", "database.user"],
      ...["database.password", "database.url", "secret.A", "random.X", "random.X.base64", "random.X.base64url"],
    ];
    const isSecret = (name: string) => /^(secret|random)\.|^database\.(password|url)$/.test(name);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("", "a", "$", "}"), fc.constantFrom(...names))), (pieces) => {
        const text = pieces.map(([literal, name]) => `${literal === "$" ? "$ " : literal}\${${name}}`).join("");
        const found = interpolate(text, known, (problem) => assert.fail(problem));
        assert.equal(
          Array.isArray(found),
          pieces.some(([, name]) => isSecret(name)),
          text,
        );
      }),
    );
  });

  it("that there aren't are reported with all that there are", () => {
    const problems: string[] = [];
    const known = new KnownValues({ ...settingsWith({ services }), listeners: [], secrets: { A: "a" } });
    for (const name of ["hots", "", " host", "host ", "redis", "random.", "random.a-b", "random.A.hex", "secret.B"]) {
      assert.equal(
        interpolate(`a\${${name}}b`, known, (problem) => problems.push(problem)),
        "ab",
        name,
      );
    }
    assert.equal(problems.length, 9);
    const all =
      "database.host, database.name, database.password, database.port, database.url, database.user, host, hostport, " +
      "namespace, number, origin, random.NAME, random.NAME.base64, random.NAME.base64url, secret.A, sha.api, sha.collab, sha.web";
    assert.equal(problems[0], `there is no value \${hots}; there are ${all}; write $\${ for a literal \${`);
  });
});

describe("random values", () => {
  it("are text, or bytes in two encodings", () => {
    assert.deepEqual(randomValue("random.A"), { name: "A", kind: "text" });
    assert.deepEqual(randomValue("random.A.base64"), { name: "A", kind: "bytes" });
    assert.deepEqual(randomValue("random.A.base64url"), { name: "A", kind: "bytes" });
    for (const other of ["random", "random.", "random.1", "random.A.", "random.A.base32", "secret.A", "xrandom.A"]) {
      assert.equal(randomValue(other), undefined, other);
    }
  });

  it("are listed once each, both encodings as one", () => {
    const piece = (generated: string) => ({ generated });
    const texts = [
      ["a", piece("random.B"), piece("databasePassword")],
      [piece("random.A.base64"), piece("random.A.base64url"), piece("random.B"), piece("random.A")],
    ];
    assert.deepEqual(randomValuesIn(texts), [
      { name: "A", kind: "bytes" },
      { name: "A", kind: "text" },
      { name: "B", kind: "text" },
    ]);
  });

  it("are those of all parts, and none that no part takes", () => {
    const { randomValues } = settingsWith({
      api: { ...minimal.api, env: { A: "${random.A}", GONE: "${random.GONE}" } },
      services: { worker: { from: "api", env: { B: "${random.A.base64}" }, omit: ["A"] } },
    });
    assert.deepEqual(randomValues, [
      { name: "A", kind: "bytes" },
      { name: "A", kind: "text" },
      { name: "GONE", kind: "text" },
    ]);
    assert.deepEqual(settingsWith({}).randomValues, []);
  });
});
