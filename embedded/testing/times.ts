/** The time of a test, or of a hook that runs once for several tests. */
export interface Timing {
  /** The folder below `test/`: `engine`. */
  readonly suite: string;
  /** `test/engine/isolation.test.ts` */
  readonly file: string;
  readonly title: string;
  /** Wall time; for a test, including its beforeEach and afterEach hooks. */
  readonly seconds: number;
  /** CPU time of the test processes, without the cluster's. */
  readonly cpuSeconds: number;
}

/** The total time of a suite's tests and hooks. */
export interface SuiteTime {
  readonly suite: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export const slowestFirst = (timings: readonly Timing[]): Timing[] =>
  [...timings].sort((one, other) => other.seconds - one.seconds);

export function suiteTimes(timings: readonly Timing[]): SuiteTime[] {
  const suites = Map.groupBy(timings, ({ suite }) => suite);
  return [...suites].map(([suite, own]) => ({
    suite,
    seconds: sum(own, ({ seconds }) => seconds),
    cpuSeconds: sum(own, ({ cpuSeconds }) => cpuSeconds),
  }));
}

/** A sentence for each suite over budget. */
export function overBudget(timings: readonly Timing[], budgets: Readonly<Record<string, number>>): string[] {
  return suiteTimes(timings).flatMap(({ suite, seconds }) => {
    const budget = budgets[suite];
    if (budget === undefined) {
      return [`the suite ${suite} has no budget: give it one in embedded/testing/budgets.ts`];
    }
    return seconds > budget
      ? [
          `the suite ${suite} took ${seconds.toFixed()} s, ${(seconds - budget).toFixed()} s over its budget of ${budget} s`,
        ]
      : [];
  });
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
