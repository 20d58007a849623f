import { isDeepStrictEqual } from "node:util";
import type { Leaves } from "./leaves";

/**
 * What the command `preview` hands over to the program beside the configuration that it has composed, as JSON in a variable.
 * Without it the program is run by a plain `pulumi up`.
 */
export interface Handoff {
  /** The update's own id, which it writes into the record. */
  readonly update: string;
  /** The digest of the record that the configuration was composed from: with another one it isn't deployed. */
  readonly record: string;
  /** The commit that is deployed, where it was named. */
  readonly commit?: string;
  /** Paths of the leaves that are secret. */
  readonly secrets: readonly string[];
}

export const handoffVariable = "PREVIEW_STACK_HANDOFF";

/** What the program refuses an update with that was composed from another record. */
export const superseded = "the preview has been changed since this update was composed, and nothing was changed";

/** The folder beside `Pulumi.yaml` with a copy of each stack's file as it was deployed last from there. */
export const copiesFolder = ".deployed";

export interface Difference {
  readonly path: string;
  /** Undefined where there is none. */
  readonly ordered: unknown;
  readonly deployed: unknown;
}

/**
 * What a plain `pulumi up` would change, as far as that may be a mistake: it never merges, the file is the order.
 *
 * @param copy the file as it was deployed last from this checkout @default there is none
 * @returns `older`: leaves that the file has as they were deployed from here, and that were changed elsewhere since;
 *   `unsure`: leaves that differ from what is deployed where that can't be told
 */
export function changesByHand(
  ordered: Leaves,
  deployed: Leaves,
  copy?: Leaves,
): { older: Difference[]; unsure: Difference[] } {
  const paths = [...new Set([...Object.keys(ordered), ...Object.keys(deployed)])].sort();
  const differences = paths
    .filter((path) => !isDeepStrictEqual(ordered[path], deployed[path]))
    .map((path) => ({ path, ordered: ordered[path], deployed: deployed[path] }));
  if (copy === undefined) {
    return { older: [], unsure: differences };
  }
  return {
    older: differences.filter(({ path }) => isDeepStrictEqual(ordered[path], copy[path])),
    unsure: differences.filter(
      ({ path }) => !isDeepStrictEqual(ordered[path], copy[path]) && !isDeepStrictEqual(deployed[path], copy[path]),
    ),
  };
}
