import assert from "node:assert/strict";
import { execa } from "execa";
import { frontend } from "./frontend";
import { kubectl } from "./kubectl";
import { ask } from "./proxy/client";
import { forwardPort } from "./proxy/web";
import { desk as preview, literal, sibling } from "../shared-previews";

/** The reference product's own suites, where it runs: Django's in its image, against the preview's Postgres 16. */
describe("the reference product's own tests", () => {
  before(() => preview.open());

  it("pass for the API", async () => {
    // Only the database's address: the tests have their own settings.
    const alone = 'exec env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" python manage.py test --noinput 2>&1';
    const output = await kubectl("exec", "-n", preview.namespace, "deployment/api", "--", "sh", "-c", alone);
    assert.match(output, /^Ran [1-9]\d* tests/m);
    assert.match(output, /^OK$/m);
  });

  it("pass for the web's proxy", async () => {
    const cwd = await frontend();
    const { stdout } = await execa("npm", ["test"], { cwd });
    assert.match(stdout, /^ℹ pass [1-9]\d*$/m);
    assert.match(stdout, /^ℹ fail 0$/m);
  });
});

describe("settings in a container on the node", () => {
  before(() => sibling.open());

  for (const workload of ["api", "web"]) {
    it(`arrive verbatim in the ${workload}`, async () => {
      const target = ["-n", sibling.namespace, `deployment/${workload}`, "--"];
      const variables = (await kubectl("exec", ...target, "cat", "/proc/1/environ")).split("\0");
      for (const name of ["LITERAL", "LITERAL_SECRET", "LITERAL_OF_COMMAND"]) {
        assert.ok(variables.includes(`${name}=${literal}`), name);
      }
      assert.ok(variables.includes("NUMBER=30") && variables.includes("BOOLEAN=true"), variables.join("\n"));
    });
  }

  it("add the public CAs to a company's own, and Python trusts both", async () => {
    const trusted = "import ssl; print(len(ssl.create_default_context().get_ca_certs()))";
    const count = await kubectl("exec", "-n", sibling.namespace, "deployment/api", "--", "python", "-c", trusted);
    assert.ok(Number(count) > 100, count);
  });
});

describe("an anonymous visitor of the reference product", () => {
  const { origin, host } = preview.names;
  const boundary = "----files";
  const headers = { "Content-Type": `multipart/form-data; boundary=${boundary}`, Host: new URL(origin).host };
  const file = (size: number) =>
    [
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="file"',
      "",
      "x".repeat(size),
      `--${boundary}--`,
      "",
    ].join("\r\n");

  before(() => preview.open());

  it("can't upload a file to the token routes", async () => {
    for (const path of ["/api/auth/token/", "/api/auth/jwt/", "/api/auth/jwt/refresh/"]) {
      assert.equal((await ask(origin, path, { method: "POST", headers, body: file(10) })).status, 415, path);
    }
  });

  it("can't upload a file that wouldn't stay in memory", async () => {
    const forwarded = { ...headers, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https" };
    const upload = { method: "POST", headers: forwarded, body: file(3_000_000) };
    for (const path of ["/api/auth/token/", "/api/admin/login/", "/api/orders/"]) {
      // Past the ingress: one written in Go may itself lose the answer to an upload that is refused before its end. So may
      // kubectl's forwarding the next one.
      const web = await forwardPort(preview.namespace, "deployment/web", 3000);
      try {
        assert.equal((await ask(web.origin, path, upload)).status, 413, path);
      } finally {
        web.stop();
      }
    }
  });

  it("can't make Next.js optimize an image, which it would store", async () => {
    assert.equal((await ask(origin, "/_next/image?url=%2Ficon.svg&w=64&q=75")).status, 404);
  });
});
