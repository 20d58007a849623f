import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { verifyDocument, withTables } from "../../docs/write-verify";
import { checks } from "../../verify/checks";

describe("docs/verify.md", () => {
  it("is up to date (npm run docs)", () => {
    const text = readFileSync(verifyDocument, "utf8");
    assert.equal(text, withTables(text));
  });

  it("names each check once, with a setting and a reason", () => {
    const ids = checks.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, title, setting, why } of checks) {
      assert.match(id, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(title.length > 10 && setting.length > 5 && why.length > 20, id);
    }
  });
});
