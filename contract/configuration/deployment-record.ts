import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Pair } from "../pairs";
import { isBelow, isEncrypted, type Leaves } from "./leaves";

/**
 * What was last deployed successfully. The update itself writes it to the stack's outputs. It is the single source of a
 * preview's desired state, except for the database's generation, which is stored in the volume claim template.
 */
export interface DeploymentRecord {
  /** The id of the update that deployed it; undefined after a plain `pulumi up`. */
  readonly update?: string;
  /** The deployed commit, if one was given. */
  readonly commit?: string;
  /** What the parts from other repositories were resolved to; undefined if none is. */
  readonly pair?: Pair;
  /** Whether it is scaled to zero. */
  readonly asleep: boolean;
  /** The uid of the namespace kube-system, which identifies the cluster. */
  readonly cluster: string;
  /** Every setting given, except `asleep` and `database.generation`. */
  readonly settings: Leaves;
  /** Paths of the secret settings. */
  readonly secrets: readonly string[];
  /** Paths of the settings that had the same value as in `Pulumi.preview.yaml`. They follow that file. */
  readonly shared: readonly string[];
  /** Paths that `Pulumi.preview.yaml` sets and this preview was deployed without. */
  readonly without: readonly string[];
}

/** Settings stored outside of `settings`. An update that doesn't set them keeps what is deployed. */
export const keptPaths = { asleep: "asleep", generation: "database.generation" } as const;

/**
 * @param shared the leaves of `Pulumi.preview.yaml`. A path that is secret in both counts as shared, so that previews receive
 *   a rotated secret
 */
export function recordOf(
  { update, commit, pair = {}, asleep, cluster, secrets }: Omit<DeploymentRecord, "settings" | "shared" | "without">,
  given: Leaves,
  shared: Leaves,
): DeploymentRecord {
  const settings = withoutPaths(given, Object.values(keptPaths));
  // `Pulumi.preview.yaml` may encrypt a whole group, whose leaves the program sees one by one.
  const encrypted = Object.keys(shared).filter((path) => isEncrypted(shared[path]));
  const isShared = (path: string) =>
    encrypted.some((one) => isBelow(path, one)) || (path in shared && isDeepStrictEqual(shared[path], settings[path]));
  const isGiven = (path: string) => Object.keys(given).some((one) => isBelow(one, path));
  return {
    ...(update !== undefined && { update }),
    ...(commit !== undefined && { commit }),
    ...(Object.keys(pair).length > 0 && { pair }),
    asleep,
    cluster,
    settings,
    secrets: [...secrets].sort(),
    shared: Object.keys(settings).filter(isShared).sort(),
    without: Object.keys(shared)
      .filter((path) => !isGiven(path))
      .sort(),
  };
}

/**
 * A preview's settings: what was deployed, with the shared settings at their current values.
 *
 * @param shared undefined if there is no `Pulumi.preview.yaml`; then every setting stays as deployed
 */
export function deployedSettings({ settings, shared: followed, without }: DeploymentRecord, shared?: Leaves): Leaves {
  return shared === undefined ? settings : { ...withoutPaths(shared, without), ...withoutPaths(settings, followed) };
}

/** Lets an update verify that the record hasn't changed since its configuration was composed. */
export function digestOf(record: DeploymentRecord | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(record ?? null)))
    .digest("hex");
}

export function withoutPaths(leaves: Leaves, paths: readonly string[]): Leaves {
  return Object.fromEntries(Object.entries(leaves).filter(([path]) => !paths.includes(path)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, below]) => [name, sorted(below)]),
      )
    : value;
}
