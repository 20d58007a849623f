/**
 * Ways from a name back to itself, such as `[a, b, a]`: of names that all lead to each other the first one found.
 *
 * @param next the names that a name leads to
 */
export function cycles(next: Readonly<Record<string, readonly string[]>>): string[][] {
  const ways = new Map(Object.entries(next));
  const found: string[][] = [];
  const done = new Set<string>();
  const cycleFrom = (name: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(name)) {
      return [...way.slice(way.indexOf(name)), name];
    }
    if (done.has(name)) {
      return undefined;
    }
    const cycles = (ways.get(name) ?? []).map((other) => cycleFrom(other, [...way, name]));
    done.add(name);
    return cycles.find((cycle) => cycle !== undefined);
  };
  for (const name of Object.keys(next)) {
    const cycle = cycleFrom(name, []);
    found.push(...(cycle === undefined ? [] : [cycle]));
  }
  return found;
}
