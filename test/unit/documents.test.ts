import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documents } from "../../docs/write-settings";

describe("the documents that show the settings", () => {
  for (const [file, write] of Object.entries(documents)) {
    it(`${file} is up to date (npm run docs)`, () => {
      const text = readFileSync(join(__dirname, "../..", file), "utf8");
      assert.equal(text, write(text));
    });
  }
});
