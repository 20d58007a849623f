/**
 * Settings by the path of each leaf, in the syntax of `pulumi config set --path`: `api.image`,
 * `ingress.controller.namespaceLabels["kubernetes.io/metadata.name"]`. A list is one leaf, and so is a value that
 * `pulumi` has encrypted, `{ secure }`. An empty group, or an empty string in its place, counts as not set.
 */
export type Leaves = Readonly<Record<string, unknown>>;

/** @param values by the keys of a stack's configuration, without the project's prefix */
export function leavesOf(values: object): Leaves {
  const leaves = Object.entries(values).flatMap(([key, value]) => leavesBelow(segment(key), asText(value)));
  return Object.fromEntries(leaves.filter(([path, value]) => /[.[]/.test(path) || !isEmpty(value)));
}

/** The inverse of {@link leavesOf}. */
export function valuesOf(leaves: Leaves): Record<string, unknown> {
  const values: Group = {};
  for (const [path, value] of Object.entries(leaves)) {
    const segments = segmentsOf(path);
    const group = segments.slice(0, -1).reduce<Group>((at, name) => {
      if (!isGroup(at[name])) {
        at[name] = {};
      }
      return at[name] as Group;
    }, values);
    group[segments.at(-1)!] = value;
  }
  return values;
}

/** Whether `pulumi` has encrypted a leaf's value. */
export const isEncrypted = (value: unknown): value is { readonly secure: string } =>
  isGroup(value) && typeof value.secure === "string" && Object.keys(value).length === 1;

/**
 * An unquoted number or date whose text Pulumi's YAML parser would change: `1.10`, `01234`, `2026-01-31`. Every setting
 * refuses it, so that no value differs silently from what the file says.
 */
export interface Unquoted {
  readonly unquoted: string;
}

export const isUnquoted = (value: unknown): value is Unquoted =>
  isGroup(value) && typeof value.unquoted === "string" && Object.keys(value).length === 1;

/** Whether a path is that of the group itself, or of a leaf in it. */
export const isBelow = (path: string, group: string): boolean =>
  path === group || path.startsWith(`${group}.`) || path.startsWith(`${group}[`);

/** The top-level key of a leaf's path. */
export const keyOf = (path: string): string => segmentsOf(path)[0] ?? path;

export type Group = Record<string, unknown>;

export const isGroup = (value: unknown): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown) => value === "" || (Array.isArray(value) && value.length === 0);

/** Pulumi passes every value as text, except groups and lists. */
const asText = (value: unknown) =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : (value ?? "");

function leavesBelow(path: string, value: unknown): [string, unknown][] {
  return isGroup(value) && !isEncrypted(value) && !isUnquoted(value)
    ? Object.entries(value).flatMap(([name, below]) => leavesBelow(joined(path, name), below))
    : [[path, value]];
}

const joined = (path: string, name: string) => {
  const last = segment(name);
  return last.startsWith("[") ? path + last : `${path}.${last}`;
};

const segment = (name: string) => (/^[\w:-]+$/.test(name) ? name : `[${JSON.stringify(name)}]`);

export function segmentsOf(path: string): string[] {
  return [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g)].map(([plain, quoted]) =>
    quoted === undefined ? plain : (JSON.parse(quoted) as string),
  );
}
