/**
 * A way from a name back to itself, such as `a → b → a`, for each circle once.
 *
 * @param next the names that a name leads to
 */
export function cycles(next: Readonly<Record<string, readonly string[]>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      found.push([...way.slice(way.indexOf(name)), name].join(" → "));
      return;
    }
    if (!done.has(name)) {
      (next[name] ?? []).forEach((other) => visit(other, [...way, name]));
      done.add(name);
    }
  };
  Object.keys(next).forEach((name) => visit(name, []));
  return found;
}
