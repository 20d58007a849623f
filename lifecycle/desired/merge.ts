import { isDeepStrictEqual } from "node:util";
import type { Leaves } from "../../contract";

/** A leaf that both sides have changed, to different values. Undefined means that the side has none. */
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
 * Three-way merge of a stack's file with what is deployed, leaf by leaf.
 *
 * @param copy the base: the file as it was last deployed from this checkout. Without it, every difference is a conflict, except
 *   for leaves that the file lacks, which stay as deployed; with it, a leaf that the file lacks has been removed.
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
