import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { redact } from "../../clients/kubernetes/secrets";
import { whileWatching } from "../../clients/kubernetes/rollout/watch";

describe("a preview's secrets", () => {
  it("are hidden in its output, even inside a URL", () => {
    const text = "postgres://product:p%40ss-w0rd%2F1@db/product refused p@ss-w0rd/1";
    assert.equal(redact(text, ["p@ss-w0rd/1"]), "postgres://product:***@db/product refused ***");
  });

  it("are hidden in full when one is part of another", () => {
    assert.equal(redact("a1b2c3d4e5f6g7h8", ["a1b2c3d4", "a1b2c3d4e5f6g7h8"]), "***");
  });

  it("are hidden with all their lines, however indented, and with or without the final newline", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END KEY-----\n";
    const quoted = key
      .trim()
      .split("\n")
      .map((line) => `  | ${line}`);
    assert.equal(redact(quoted.join("\n"), [key]), "  | ***\n  | ***\n  | ***\n  | ***");
    assert.equal(redact("password p@ss-w0rd/1 refused", ["p@ss-w0rd/1\n"]), "password *** refused");
  });

  it("are hidden however a program escapes them", () => {
    const secret = `p@ss-w0rd/1 "it's" \\é<&>😀`;
    const json = JSON.stringify(secret);
    const ways: Record<string, string> = {
      json,
      "json in json": JSON.stringify(JSON.stringify({ secret })),
      "json of Go": json.replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
      "json of Python": json.replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`),
      python: `'p@ss-w0rd/1 "it\\'s" \\\\é<&>😀'`,
      "bytes of Python": `b'p@ss-w0rd/1 "it\\'s" \\\\\\xc3\\xa9<&>\\xf0\\x9f\\x98\\x80'`,
      "ascii of Go": String.raw`"p@ss-w0rd/1 \"it's\" \\\u00e9<&>\U0001f600"`,
      octal: String.raw`p@ss-w0rd/1 "it's" \\\303\251<&>\360\237\230\200`,
      url: encodeURIComponent(secret),
      "url of Python": encodeURIComponent(secret).replaceAll("'", "%27").toLowerCase(),
      form: new URLSearchParams({ secret }).toString(),
      html: "p@ss-w0rd/1 &quot;it&#x27;s&quot; \\é&lt;&amp;&gt;😀",
      shell: `'p@ss-w0rd/1 "it'\\''s" \\é<&>😀'`,
      "shell of Python": `'p@ss-w0rd/1 "it'"'"'s" \\é<&>😀'`,
      base64: Buffer.from(secret).toString("base64"),
      base64url: Buffer.from(secret).toString("base64url"),
      "basic authentication": Buffer.from(`reviewer:${secret}`).toString("base64"),
    };
    for (const [way, text] of Object.entries(ways)) {
      const rest = redact(`before ${text} after`, [secret]);
      assert.match(rest, /^before .*\*\*\*.* after$/, way);
      assert.doesNotMatch(rest, /w0rd|cEBzcy/, way);
    }
  });

  it("are hidden when they contain unprintable characters, however a program shows or drops those", () => {
    const secret = "hunter2-\0-and-more\u0007";
    for (const text of [
      secret,
      String.raw`env "PASSWORD=hunter2-\x00-and-more\a": contains NUL`,
      String.raw`{"message":"\"PASSWORD=hunter2-\\x00-and-more\\u0007\""}`,
      String.raw`hunter2-\u0000-and-more\u0007`,
      String.raw`hunter2-\000-and-more\007`,
      "hunter2--and-more",
      "PASSWORD=hunter2-",
      "-and-more",
    ]) {
      assert.doesNotMatch(redact(text, [secret]), /hunter2|more/, text);
    }
  });

  it("are hidden in base64 at any offset", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (before, after) => {
        const text = Buffer.concat([before, Buffer.from("correct horse"), after]).toString("base64");
        assert.match(redact(text, ["correct horse"]), /\*\*\*/);
      }),
    );
  });

  it("are hidden in every JSON escape of them", () => {
    const secret = fc.string({ unit: "binary", minLength: 8 }).filter((text) => text.trim().length >= 8);
    fc.assert(
      fc.property(secret, (value) => {
        const text = JSON.stringify(JSON.stringify(value.trim()));
        assert.ok(redact(text, [value]).includes("***"), text);
      }),
    );
  });

  it("aren't patterns, and are hidden quickly, whatever they are", () => {
    const odd = `${"\0".repeat(2000)}.*(a+)+$[${"\\".repeat(500)}`;
    assert.equal(redact("any text", [odd, "x".repeat(1_000_000)]), "any text");
    assert.equal(redact(`${"\0".repeat(1999)}.*(a+)+$`, [odd]).length, 2007);
    const file = "-----BEGIN KEY-----\n".padEnd(500_000, "MIIEvQIBADANBg/+=\n");
    assert.equal(redact(`it is ${file}`, [file]).includes("MIIEv"), false);
  });

  it("don't include common words", () => {
    assert.equal(redact("the product's database", ["product"]), "the product's database");
  });
});

describe("a pod's messages while an update waits for it", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-test-secrets-"));
  const { PATH } = process.env;

  before(() => {
    const secret = { data: { PASSWORD: Buffer.from("hunter2-\0-and-more").toString("base64") } };
    const message = String.raw`invalid environment: "PASSWORD=hunter2-\x00-and-more"`;
    const labels = { "app.kubernetes.io/name": "api" };
    const set = { kind: "ReplicaSet", metadata: { name: "api", uid: "0", labels }, status: { replicas: 1 } };
    const pod = {
      kind: "Pod",
      metadata: { name: "api-1", uid: "1", labels, ownerReferences: [{ kind: "ReplicaSet", uid: "0" }] },
      status: {
        containerStatuses: [
          { name: "api", restartCount: 0, state: { waiting: { reason: "CreateContainerError", message } } },
        ],
      },
      spec: { containers: [] },
    };
    writeFileSync(join(folder, "secrets"), JSON.stringify({ items: [secret] }));
    writeFileSync(join(folder, "pods"), JSON.stringify({ items: [set, pod] }));
    const script = `#!/bin/sh\ncase "$*" in *"get secrets"*) cat "${folder}/secrets" ;; *) cat "${folder}/pods" ;; esac\n`;
    writeFileSync(join(folder, "kubectl"), script, { mode: 0o755 });
    process.env.PATH = `${folder}:${PATH}`;
  });
  after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });

  it("show none of the preview's secrets, whatever the cluster says", async () => {
    const place = { kubeContext: "any", namespace: "pr-1" };
    const { promise: said, resolve: report } = Promise.withResolvers<string>();
    await whileWatching({ place, report, isPublic: false, concerns: () => true }, () => said);
    assert.equal(await said, 'pod api-1: CreateContainerError: invalid environment: "PASSWORD=***"');
  });
});
