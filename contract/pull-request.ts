/**
 * The number in a stack's name: `pr-123` gives 123. The stack's name is the only place that decides it, so nothing
 * that a pull request contains can choose another preview.
 *
 * @throws Error naming the stack and the rule: `pr-` and a number from 1 without leading zeros.
 */
export function pullRequestNumber(stack: string): number {
  const digits = /^pr-([1-9][0-9]{0,8})$/.exec(stack)?.[1];
  if (digits === undefined) {
    throw new Error(
      `stack: its name must be pr-<number>, a pull request's number from 1 to 999999999 without leading zeros ` +
        `(pr-123); got ${JSON.stringify(stack)}`,
    );
  }
  return Number(digits);
}
