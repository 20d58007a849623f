import { isDeepStrictEqual } from "node:util";
import type { Leaves } from "../../contract";

/** A leaf that both sides have changed, each to another value. Undefined stands for none. */
export interface Conflict {
  readonly path: string;
  readonly file: unknown;
  readonly deployed: unknown;
}

export interface Merged {
  readonly leaves: Leaves;
  readonly conflicts: readonly Conflict[];
}

/**
 * Merges a stack's file with what is deployed, leaf by leaf: what only one of them has changed since the file was deployed
 * from this checkout holds.
 *
 * @param copy the file as it was deployed last from here; without one nobody knows who has changed a leaf that differs, and
 *   one that the file lacks is no opinion. With one that is a removal.
 */
export function merge(file: Leaves, copy: Leaves | undefined, deployed: Leaves): Merged {
  const paths = [...new Set([...Object.keys(file), ...Object.keys(copy ?? {}), ...Object.keys(deployed)])].sort();
  const conflicts: Conflict[] = [];
  const merged = paths.map((path): [string, unknown] => {
    const [own, former, theirs] = [file[path], copy?.[path], deployed[path]];
    const isUnchangedHere = copy === undefined ? own === undefined : isDeepStrictEqual(own, former);
    if (isUnchangedHere || isDeepStrictEqual(own, theirs)) {
      return [path, theirs];
    }
    if (copy === undefined || !isDeepStrictEqual(theirs, former)) {
      conflicts.push({ path, file: own, deployed: theirs });
    }
    return [path, own];
  });
  return { leaves: Object.fromEntries(merged.filter(([, value]) => value !== undefined)), conflicts };
}
