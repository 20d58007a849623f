import { addressOf, type Port, standardParts } from "../parts";
import { valuesNamedIn } from "../values";
import type { PartValues } from "./part-values";
import { givenBy } from "./variables";

/** Which part may connect to which, and which must answer before another starts. */
export interface Paths {
  /** Names of the parts that it may connect to, sorted. */
  readonly connectsTo: readonly string[];
  /** Names of those among them that must answer before it starts. */
  readonly waitsFor: readonly string[];
}

/** The database's name in the settings. */
const databaseName = "database";

export const partNamed = (name: string): string => (name === databaseName ? standardParts.db.name : name);

/** What the API and the web connect to whatever the settings say, and what is made from them. */
const always: Readonly<Record<"api" | "web", Paths>> = {
  api: { connectsTo: [standardParts.db.name], waitsFor: [standardParts.db.name] },
  web: { connectsTo: [standardParts.api.name], waitsFor: [] },
};

/**
 * Settings add to what there is always, and take nothing away.
 *
 * @param listening names of the parts that have a port
 */
export function pathsOf(part: PartValues, listening: Pick<ReadonlySet<string>, "has">): Paths {
  const { connectsTo, waitsFor } = part.base === undefined ? { connectsTo: [], waitsFor: [] } : always[part.base];
  const needed = [...waitsFor, ...part.dependsOn.map(partNamed)];
  const all = [
    ...connectsTo,
    ...needed,
    ...part.uses.map(partNamed),
    ...implied(part).filter((name) => listening.has(name)),
  ];
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  return { connectsTo: sorted(all).filter((name) => name !== part.name), waitsFor: sorted(needed) };
}

/** `${redis.host}` and `${redis.port}` in a variable, a command or an argument: of what use is an address that is closed? */
function implied({ layers, command = [], args = [], migrate = [] }: PartValues): string[] {
  const variables = Object.values(givenBy(layers)).map(({ value }) => value);
  return [...variables, ...command, ...args, ...(migrate === "none" ? [] : migrate)]
    .filter((text) => typeof text === "string")
    .flatMap(valuesNamedIn)
    .map((value) => /^([^.]+)\.(?:host|port|url)(?:\.|$)/.exec(value)?.[1])
    .filter((name) => name !== undefined)
    .map(partNamed);
}

/** `redis:6379` */
export const addressesOf = (names: readonly string[], ports: ReadonlyMap<string, readonly Port[]>): string[] =>
  names.flatMap((name) => {
    const port = ports.get(name)?.[0]?.port;
    return port === undefined ? [] : [addressOf({ name, port })];
  });
