import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { limitsDocument, withLimits } from "../../docs/write-limits";

describe("docs/lifecycle.md", () => {
  it("is up to date (npm run docs)", () => {
    const text = readFileSync(limitsDocument, "utf8");
    assert.equal(text, withLimits(text));
  });
});
