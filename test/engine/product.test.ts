import assert from "node:assert/strict";
import { execa } from "execa";
import { join } from "node:path";
import { kubectl } from "./kubectl";
import { Preview } from "./preview";

/** The reference product's own suites, where it will run: Django's in its image against the preview's Postgres 16. */
describe("the reference product's own tests", () => {
  const preview = new Preview(90061);

  before(async () => {
    await preview.init();
    await preview.up();
  });
  after(() => preview.close());

  it("pass for the API", async () => {
    // Only the database's address: the tests bring settings of their own.
    const alone = 'exec env -i PATH="$PATH" DATABASE_URL="$DATABASE_URL" python manage.py test --noinput 2>&1';
    const output = await kubectl("exec", "-n", preview.namespace, "deployment/api", "--", "sh", "-c", alone);
    assert.match(output, /^Ran [1-9]\d* tests/m);
    assert.match(output, /^OK$/m);
  });

  it("pass for the web's proxy", async () => {
    const cwd = join(__dirname, "../../example/frontend");
    await execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd });
    const { stdout } = await execa("npm", ["test"], { cwd });
    assert.match(stdout, /^ℹ pass [1-9]\d*$/m);
    assert.match(stdout, /^ℹ fail 0$/m);
  });
});
