/**
 * Time budgets of the suites: the total of their tests and hooks in seconds, on 2 cores with cached toolchain and images. Three
 * files run in parallel, so `npm test` takes a little over a third of the sum. It reports suites over budget.
 */
export const budgets: Readonly<Record<string, number>> = {
  unit: 80,
  components: 15,
  engine: 1850,
  e2e: 300,
  faults: 2510,
  compose: 200,
  outages: 200,
  upgrade: 120,
};
