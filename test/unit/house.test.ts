import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout } from "../../embedded/paths";

const rooms = "{bench,bin,cli,clients,components,contract,docs,embedded,lifecycle,verify}";

/** The rules of docs/architecture.md beyond imports, which `npm run lint` checks. */
describe("the house", () => {
  it("has no folder with more than 20 source files at its root", () => {
    const files = globSync(`${rooms}/**/*.{ts,mjs,cjs,sh}`, { cwd: checkout });
    const full = [...Map.groupBy(files, (file) => dirname(file))].filter(([, inside]) => inside.length > 20);
    assert.deepEqual(
      full.map(([folder]) => folder),
      [],
    );
  });

  it("reads CI and GitHub variables only in cli/ci.ts", () => {
    const readers = globSync("{cli,clients,components,lifecycle,verify}/**/*.ts", { cwd: checkout }).filter((file) =>
      /\benv\.(CI|GITHUB_)|\bGITHUB_\w+[^;]*= *(process\.)?env\b/.test(readFileSync(join(checkout, file), "utf8")),
    );
    assert.deepEqual(readers, ["cli/ci.ts"]);
  });
});
