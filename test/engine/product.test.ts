import assert from "node:assert/strict";
import { execa } from "execa";
import { frontend } from "./frontend";
import { kubectl } from "./kubectl";
import { desk as preview, literal, sibling } from "../shared-previews";

/** The reference product's own suites, where it will run: Django's in its image against the preview's Postgres 16. */
describe("the reference product's own tests", () => {
  before(() => preview.open());

  it("pass for the API", async () => {
    // Only the database's address: the tests bring settings of their own.
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

describe("what the settings give a container, on the node", () => {
  before(() => sibling.open());

  for (const workload of ["api", "web"]) {
    it(`arrives letter by letter in the ${workload}`, async () => {
      const target = ["-n", sibling.namespace, `deployment/${workload}`, "--"];
      const variables = (await kubectl("exec", ...target, "cat", "/proc/1/environ")).split("\0");
      for (const name of ["LITERAL", "LITERAL_SECRET", "LITERAL_OF_COMMAND"]) {
        assert.ok(variables.includes(`${name}=${literal}`), name);
      }
      assert.ok(variables.includes("NUMBER=30") && variables.includes("BOOLEAN=true"), variables.join("\n"));
    });
  }

  it("is the public CAs beside a company's own, which Python then trusts", async () => {
    const trusted = "import ssl; print(len(ssl.create_default_context().get_ca_certs()))";
    const count = await kubectl("exec", "-n", sibling.namespace, "deployment/api", "--", "python", "-c", trusted);
    assert.ok(Number(count) > 100, count);
  });
});
