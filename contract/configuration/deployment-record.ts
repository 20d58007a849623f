import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isBelow, isEncrypted, type Leaves } from "./leaves";

/**
 * What was deployed last with success, which the update itself writes into the stack's outputs. It is the only home of what
 * a preview is to be, but for the database's generation, whose home is the volume's claim.
 */
export interface DeploymentRecord {
  /** The id of the update that has deployed it; undefined after a plain `pulumi up`. */
  readonly update?: string;
  /** The commit that was deployed, where it was named. */
  readonly commit?: string;
  /** Whether it is scaled to nothing. */
  readonly asleep: boolean;
  /** The uid of the cluster's namespace kube-system, by which no two clusters are the same. */
  readonly cluster: string;
  /** All that was given, but for `asleep` and `database.generation`. */
  readonly settings: Leaves;
  /** Paths of the secret ones among them. */
  readonly secrets: readonly string[];
  /** Paths of the leaves among them that were as in `Pulumi.preview.yaml`: they follow it. */
  readonly shared: readonly string[];
  /** Paths of the leaves of `Pulumi.preview.yaml` that this preview was deployed without. */
  readonly without: readonly string[];
}

/** Settings with a home of their own: who doesn't say them keeps what is deployed. */
export const keptPaths = { asleep: "asleep", generation: "database.generation" } as const;

/** @param shared the leaves of `Pulumi.preview.yaml`; a secret of both counts as shared, so that a rotated one arrives */
export function recordOf(
  { update, commit, asleep, cluster, secrets }: Omit<DeploymentRecord, "settings" | "shared" | "without">,
  given: Leaves,
  shared: Leaves,
): DeploymentRecord {
  const settings = withoutPaths(given, Object.values(keptPaths));
  // A whole group may be encrypted in `Pulumi.preview.yaml`, where the program sees its leaves.
  const encrypted = Object.keys(shared).filter((path) => isEncrypted(shared[path]));
  const isShared = (path: string) =>
    encrypted.some((one) => isBelow(path, one)) || (path in shared && isDeepStrictEqual(shared[path], settings[path]));
  const isGiven = (path: string) => Object.keys(given).some((one) => isBelow(one, path));
  return {
    ...(update !== undefined && { update }),
    ...(commit !== undefined && { commit }),
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
 * The settings of a preview: what was deployed, with what all previews share as that is now.
 *
 * @param shared undefined where there is nothing shared: then all is the preview's own
 */
export function deployedSettings({ settings, shared: followed, without }: DeploymentRecord, shared?: Leaves): Leaves {
  return shared === undefined ? settings : { ...withoutPaths(shared, without), ...withoutPaths(settings, followed) };
}

/** By which an update knows that the record is still the one that it was composed from. */
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
