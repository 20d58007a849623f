import { table } from "table";

/** What came of one kind of fault. */
export interface Outcome {
  readonly fault: string;
  readonly tries: number;
  readonly recovered: number;
  /** For the command that recovers, the slowest. */
  readonly seconds: number;
  readonly orphans: number;
}

const outcomes: Outcome[] = [];

export const note = (outcome: Outcome): void => void outcomes.push(outcome);

/** Printed after the last of all suites. */
after(() => {
  const rows = outcomes.map(({ fault, tries, recovered, seconds, orphans }) => [
    fault,
    tries,
    recovered,
    seconds.toFixed(1),
    orphans,
  ]);
  console.log(table([["fault", "tries", "recovered", "seconds", "orphans"], ...rows]));
});
