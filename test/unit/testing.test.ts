import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../embedded/paths";
import { budgets } from "../../embedded/testing/budgets";
import { allRuns, bundles, filesIn, runsOf, suiteOf } from "../../embedded/testing/suites";
import { overBudget, slowestFirst, suiteTimes, type Timing } from "../../embedded/testing/times";

const timing = (suite: string, seconds: number): Timing => ({
  suite,
  file: `test/${suite}/some.test.ts`,
  title: `takes ${seconds} s`,
  seconds,
  cpuSeconds: seconds / 2,
});

describe("npm test", () => {
  const read = (file: string) => readFileSync(join(checkout, file), "utf8");
  const all = globSync("test/**/*.test.ts", { cwd: checkout }).sort();

  it("runs every test file once", () => {
    const run = allRuns().flatMap(({ files }) => files);
    assert.deepEqual(run.flatMap(filesIn).sort(), all);
  });

  it("has a time budget for every suite", () => {
    assert.deepEqual(Object.keys(budgets).sort(), [...new Set(all.map(suiteOf))].sort());
  });

  it("runs exactly the files that use shared previews in one process", () => {
    const sources = globSync("test/**/*.ts", { cwd: checkout });
    const looking = sources.filter((file) => /from "[./]+\/shared-previews"/.test(read(file))).sort();
    assert.deepEqual([...bundles["test/engine/on-shared-previews.ts"]!].sort(), looking);
  });

  it("gives no two files the same pull request number", () => {
    const own = /(?:Preview\(|number = |pullRequest = )(9\d{4})\b/g;
    const numbers = [...all, "test/shared-previews.ts"].flatMap((file) => [
      ...new Set([...read(file).matchAll(own)].map(([, number]) => number)),
    ]);
    assert.ok(numbers.length > 15, numbers.join());
    assert.equal(new Set(numbers).size, numbers.length, numbers.sort().join());
  });

  it("runs only the given files and folders", () => {
    const [quick, node, ...more] = runsOf(["./test/engine/isolation.test.ts", "test/unit", join(checkout, "test/e2e")]);
    assert.deepEqual(
      quick?.files,
      allRuns()[0]?.files.filter((file) => suiteOf(file) === "unit"),
    );
    assert.deepEqual(node?.files, ["test/engine/isolation.test.ts", ...all.filter((file) => suiteOf(file) === "e2e")]);
    assert.deepEqual(more, []);
  });

  for (const path of ["test/nowhere", "test/engine/preview.ts", "docs", "../"]) {
    it(`refuses ${path}, which has no test`, () => {
      assert.throws(() => runsOf([path]), {
        message: new RegExp(`^${path.replaceAll(".", "\\.")}: no such test; give`),
      });
    });
  }

  it("names the suites that exceeded their budget", () => {
    const timings = [timing("engine", 61), timing("engine", 60), timing("e2e", 30), timing("new", 1)];
    assert.deepEqual(overBudget(timings, { engine: 120, e2e: 30 }), [
      "the suite engine took 121 s, 1 s over its budget of 120 s",
      "the suite new has no budget: give it one in embedded/testing/budgets.ts",
    ]);
  });

  it("adds up a suite's time and finds the slowest test", () => {
    const timings = [timing("engine", 2), timing("e2e", 3), timing("engine", 5)];
    assert.deepEqual(suiteTimes(timings), [
      { suite: "engine", seconds: 7, cpuSeconds: 3.5 },
      { suite: "e2e", seconds: 3, cpuSeconds: 1.5 },
    ]);
    assert.deepEqual(
      slowestFirst(timings).map(({ seconds }) => seconds),
      [5, 3, 2],
    );
  });
});
