import { standardParts } from "../../contract";
import { kubectl, type NamespaceRef } from "../../clients/kubernetes/kubectl";
import type { Job, KubernetesObject } from "../../clients/kubernetes/types";

/** The claim of the database's volume. */
const claimName = `data-${standardParts.db.name}-0`;

/**
 * Names of the migrations that must run again because their data is gone: the claim of the database volume is missing, or newer
 * than they are.
 */
export function migrationsToRepeat(live: readonly KubernetesObject[]): string[] {
  const claim = claimIn(live);
  const made = claim === undefined ? Infinity : Date.parse(claim.metadata.creationTimestamp);
  return live
    .filter(({ kind }) => kind === "Job")
    .filter((job) => Date.parse((job as Job).status.completionTime ?? "") < made)
    .map(({ metadata }) => metadata.name);
}

/** A warning if somebody has deleted the claim: its data lasts as long as the database's pod. */
export function claimDeletionWarning(live: readonly KubernetesObject[]): string | undefined {
  return claimIn(live)?.metadata.deletionTimestamp === undefined
    ? undefined
    : `PersistentVolumeClaim ${claimName} is being deleted: its data is lost when the database's pod ends. Save what you ` +
        "need (preview shell N db -- pg_dump); preview up --replace-database starts with an empty database now";
}

const claimIn = (live: readonly KubernetesObject[]) =>
  live.find(({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === claimName);

/** Asks the cluster whether the database has lost its volume since it was migrated. */
export async function hasLostVolume(place: NamespaceRef): Promise<boolean> {
  const options = ["--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", "jobs,persistentvolumeclaims", ...options]);
  return migrationsToRepeat((JSON.parse(text) as { items: KubernetesObject[] }).items).length > 0;
}
