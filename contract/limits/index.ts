import { limitsTable } from "./table";

/** The limits by name, each in the unit that its name ends in. {@link limitsTable} says what each is for. */
export const limits = Object.fromEntries(Object.entries(limitsTable).map(([name, { atMost }]) => [name, atMost])) as {
  readonly [Name in keyof typeof limitsTable]: number;
};
