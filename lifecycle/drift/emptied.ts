import { standardParts } from "../../contract";
import { kubectl, type NamespaceRef } from "../../clients/kubernetes/kubectl";
import type { Job, KubernetesObject } from "../../clients/kubernetes/types";

/** The claim of the database's volume. */
const claimName = `data-${standardParts.db.name}-0`;

/**
 * Names of the migrations that were made for data that is gone, because the claim of its volume is missing or younger than they
 * are: they are to run again.
 */
export function emptiedSince(live: readonly KubernetesObject[]): string[] {
  const claim = claimIn(live);
  const made = claim === undefined ? Infinity : Date.parse(claim.metadata.creationTimestamp);
  return live
    .filter(({ kind }) => kind === "Job")
    .filter((job) => Date.parse((job as Job).status.completionTime ?? "") < made)
    .map(({ metadata }) => metadata.name);
}

/** What is to be said of a claim that somebody has deleted: its data is there as long as the database's pod is. */
export function claimGoing(live: readonly KubernetesObject[]): string | undefined {
  return claimIn(live)?.metadata.deletionTimestamp === undefined
    ? undefined
    : `PersistentVolumeClaim ${claimName} is being deleted: its data goes when the database's pod ends next. Save what you ` +
        "need of it (preview shell N db -- pg_dump); preview up --replace-database gives it up now";
}

const claimIn = (live: readonly KubernetesObject[]) =>
  live.find(({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === claimName);

/** Whether the database has lost its volume since it was migrated, asking the cluster. */
export async function isEmptied(place: NamespaceRef): Promise<boolean> {
  const options = ["--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", "jobs,persistentvolumeclaims", ...options]);
  return emptiedSince((JSON.parse(text) as { items: KubernetesObject[] }).items).length > 0;
}
