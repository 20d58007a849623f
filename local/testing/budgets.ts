/**
 * How long the tests of a suite may take together, hooks included, in seconds on 2 cores with toolchain and images cached.
 * Two files run side by side, so `npm test` takes little more than half of the sum. Whoever adds a test looks here first: a
 * suite that outgrows its budget keeps everybody's work from landing, and `npm test` says so at its end.
 */
export const budgets: Readonly<Record<string, number>> = {
  unit: 30,
  components: 10,
  engine: 1200,
  e2e: 300,
  faults: 900,
  compose: 200,
  outages: 150,
  upgrade: 120,
};
