/**
 * Settings by the path of each leaf, as `pulumi config set --path` takes it: `api.image`,
 * `ingress.controller.namespaceLabels["kubernetes.io/metadata.name"]`. A list is one leaf, and so is a value that
 * `pulumi` has encrypted, `{ secure }`. A group without a leaf, and an empty text in its place, say nothing.
 */
export type Leaves = Readonly<Record<string, unknown>>;

/** @param values by the keys of a stack's configuration, without the project's name */
export function leavesOf(values: object): Leaves {
  const leaves = Object.entries(values).flatMap(([key, value]) => leavesBelow(segment(key), asText(value)));
  return Object.fromEntries(leaves.filter(([path, value]) => /[.[]/.test(path) || !isEmpty(value)));
}

/** The values that have these leaves: what {@link leavesOf} takes. */
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

/** Whether a leaf's value is one that `pulumi` has encrypted. */
export const isEncrypted = (value: unknown): value is { readonly secure: string } =>
  isGroup(value) && typeof value.secure === "string" && Object.keys(value).length === 1;

/**
 * A number or a date that stands in a file without quotes, and that Pulumi's YAML makes another text of: `1.10`, `01234`,
 * `2026-01-31`. No setting takes one, so that nobody gets what isn't written there.
 */
export interface Unquoted {
  readonly unquoted: string;
}

export const isUnquoted = (value: unknown): value is Unquoted =>
  isGroup(value) && typeof value.unquoted === "string" && Object.keys(value).length === 1;

/** Whether a leaf is another one, or in the group that the other one stands for as a whole. */
export const isBelow = (path: string, group: string): boolean =>
  path === group || path.startsWith(`${group}.`) || path.startsWith(`${group}[`);

/** The outermost key that a leaf is below. */
export const keyOf = (path: string): string => segmentsOf(path)[0] ?? path;

export type Group = Record<string, unknown>;

export const isGroup = (value: unknown): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown) => value === "" || (Array.isArray(value) && value.length === 0);

/** Pulumi hands over every value as text that isn't a group or a list. */
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

function segmentsOf(path: string): string[] {
  return [...path.matchAll(/\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g)].map(([plain, quoted]) =>
    quoted === undefined ? plain : (JSON.parse(quoted) as string),
  );
}
