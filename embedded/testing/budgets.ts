/**
 * How long the tests of a suite may take together, hooks included, in seconds on 2 cores with toolchain and images cached.
 * Three files run side by side, so `npm test` takes a good third of the sum. `npm test` names the suites that take longer.
 */
export const budgets: Readonly<Record<string, number>> = {
  unit: 45,
  components: 10,
  engine: 1300,
  e2e: 300,
  faults: 2400,
  compose: 200,
  outages: 200,
  upgrade: 120,
};
