/**
 * The number in a stack's name: 123 for `pr-123`. Only the stack's name decides it, so nothing in a pull request can select
 * another preview.
 *
 * @throws Error with the rule and the stack's name, unless that is `pr-` and a number from 1 without leading zeros
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
