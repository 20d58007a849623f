import { limitsTable } from "./table";

/** How long is waited at most, each in the unit that its name ends in; {@link limitsTable} says for what. */
export const limits = Object.fromEntries(Object.entries(limitsTable).map(([name, { atMost }]) => [name, atMost])) as {
  readonly [Name in keyof typeof limitsTable]: number;
};
