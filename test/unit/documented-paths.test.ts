import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkout } from "../../embedded/paths";

const rooms = "bench|bin|cli|clients|components|contract|docs|embedded|examples|lifecycle|test|verify";

/** The files and folders that a page names: relative links, and paths from the checkout in backticks, but for `NAME`. */
function pathsIn(page: string): string[] {
  const text = readFileSync(join(checkout, page), "utf8").replaceAll(/^ *```[^]*?^ *```/gm, "");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(dirname(page), path!));
  const named = [...text.matchAll(new RegExp(`\`((?:${rooms})/[\\w./-]*)\``, "g"))].map(([, path]) => path!);
  return [...links, ...named].filter((path) => !path.includes("NAME"));
}

describe("the files that the documentation names", () => {
  for (const page of ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...globSync("docs/*.md", { cwd: checkout })]) {
    it(`exist: ${page}`, () => {
      assert.deepEqual(
        pathsIn(page).filter((path) => !existsSync(join(checkout, path))),
        [],
      );
    });
  }

  it("include a test for each of SECURITY.md's promises", () => {
    const promises = readFileSync(join(checkout, "SECURITY.md"), "utf8").match(/^\| (?!promise|-).*$/gm) ?? [];
    assert.ok(promises.length > 5);
    assert.deepEqual(
      promises.filter((row) => !/`test\/[\w/-]+\.test\.ts`/.test(row)),
      [],
    );
    assert.ok(pathsIn("SECURITY.md").filter((path) => path.endsWith(".test.ts")).length > promises.length);
  });
});
