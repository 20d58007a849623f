import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { checkout } from "../paths";
import { budgets } from "./budgets";
import type { Results } from "./mocha";
import { overBudget, slowestFirst, suiteTimes } from "./times";

const file = join(checkout, "test-results/times.json");

/** Prints the slowest tests, the suites over budget, and the counts as the last line. */
export function summarise(results: readonly Results[]): void {
  const timings = slowestFirst(results.flatMap((one) => one.timings));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ suites: suiteTimes(timings), tests: timings }, undefined, 2)}\n`);

  console.log(`Slowest tests (all are in ${relative(checkout, file)}):`);
  for (const { seconds, file: where, title } of timings.slice(0, 10)) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${where}  ${title}`);
  }
  overBudget(timings, budgets).forEach((sentence) => console.log(`Over budget: ${sentence}`));

  const sum = (of: (counts: Results) => number) => results.reduce((total, one) => total + of(one), 0);
  const pending = sum(({ pending }) => pending);
  const failures = sum(({ failures }) => failures);
  const skipped = pending > 0 ? `, ${pending} skipped` : "";
  console.log(`\n${sum(({ passes }) => passes)} passed, ${failures} failed${skipped}`);
  process.exitCode = failures > 0 ? 1 : 0;
}
