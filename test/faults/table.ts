import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "table";

/** The outcome of one kind of fault. */
export interface Outcome {
  readonly fault: string;
  readonly tries: number;
  readonly recovered: number;
  /** Duration of the slowest recovery. */
  readonly seconds: number;
  readonly orphans: number;
}

/** Test files run in parallel processes, which all write their outcomes to one file. */
const outcomes = () => process.env.TEST_OUTCOMES!;

export const note = (outcome: Outcome): void => appendFileSync(outcomes(), `${JSON.stringify(outcome)}\n`);

let folder: string;

/** Called by mocha once, before all suites. */
export function mochaGlobalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), "preview-stack-outcomes-"));
  process.env.TEST_OUTCOMES = join(folder, "outcomes");
  appendFileSync(outcomes(), "");
}

/** Called by mocha once, after all suites. */
export function mochaGlobalTeardown(): void {
  const rows = readFileSync(outcomes(), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Outcome)
    .map(({ fault, tries, recovered, seconds, orphans }) => [fault, tries, recovered, seconds.toFixed(1), orphans]);
  rmSync(folder, { recursive: true });
  if (rows.length > 0) {
    console.log(table([["fault", "tries", "recovered", "seconds", "orphans"], ...rows]));
  }
}
