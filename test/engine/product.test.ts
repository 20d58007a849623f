import assert from "node:assert/strict";
import { execa } from "execa";
import { frontend } from "./frontend";
import { kubectl } from "./kubectl";
import { desk as preview } from "../shared-previews";

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
