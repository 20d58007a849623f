import { isDeepStrictEqual } from "node:util";
import type { Pair } from "../pairs";
import type { Leaves } from "./leaves";

/**
 * What the command `preview` passes to the program in addition to the configuration, as JSON in an environment variable. A
 * plain `pulumi up` doesn't set it.
 */
export interface Handoff {
  /** The update's id, which goes into the record. */
  readonly update: string;
  /** The digest of the record that the configuration was composed from. If the record has changed, the update is refused. */
  readonly record: string;
  /** The commit to deploy, if one was given. */
  readonly commit?: string;
  /** What the parts from other repositories were resolved to, if they were. */
  readonly pair?: Pair;
  /** Paths of the secret leaves. */
  readonly secrets: readonly string[];
}

export const handoffVariable = "PREVIEW_STACK_HANDOFF";

/** Why the program refuses an update whose record has changed. */
export const superseded = "the preview has changed since this update was composed, and nothing was changed";

/** The folder next to `Pulumi.yaml` that holds a copy of each stack's file as last deployed from this checkout. */
export const copiesFolder = ".deployed";

export interface Difference {
  readonly path: string;
  /** Undefined if the file doesn't set it. */
  readonly ordered: unknown;
  /** Undefined if it was deployed without. */
  readonly deployed: unknown;
}

/**
 * What a plain `pulumi up` might change by mistake. It never merges: it deploys the file as it is.
 *
 * @param copy the file as last deployed from this checkout @default none
 * @returns `older`: leaves unchanged in the file since its last deployment, but changed elsewhere since;
 *   `unsure`: leaves that differ from what is deployed, where it can't be told which side changed
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
