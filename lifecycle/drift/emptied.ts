import { containerOf, nameLabel, standardParts } from "../../contract";
import { kubectl, type NamespaceRef } from "../../clients/kubernetes/kubectl";
import type { Job, KubernetesObject, Pod } from "../../clients/kubernetes/types";

/** The claim of the database's volume. */
const claimName = `data-${standardParts.db.name}-0`;

/**
 * Names of the migrations that must run again because their data is gone: the claim of the database volume is missing, or newer
 * than they are.
 */
export function migrationsToRepeat(live: readonly KubernetesObject[]): string[] {
  const made = claimMade(live);
  return jobsIn(live)
    .filter((job) => Date.parse((job as Job).status.completionTime ?? "") < made)
    .map(({ metadata }) => metadata.name);
}

/**
 * Names of the API's pods that must start again for the same reason where no Job migrates (`api.migrate: none`): the API migrates by
 * itself as its container starts.
 */
export function podsToRestart(live: readonly KubernetesObject[]): string[] {
  const made = claimMade(live);
  const { api } = standardParts;
  const isOlder = ({ status }: Pod) =>
    status.containerStatuses?.some(
      ({ name, state }) => name === containerOf(api) && Date.parse(state.running?.startedAt ?? "") < made,
    ) === true;
  return jobsIn(live).length > 0
    ? []
    : live
        .filter(({ kind, metadata }) => kind === "Pod" && metadata.labels?.[nameLabel] === api.name)
        .filter((pod) => isOlder(pod as unknown as Pod))
        .map(({ metadata }) => metadata.name);
}

/** A warning if somebody has deleted the claim: its data lasts as long as the database's pod. */
export function claimDeletionWarning(live: readonly KubernetesObject[]): string | undefined {
  return claimIn(live)?.metadata.deletionTimestamp === undefined
    ? undefined
    : `PersistentVolumeClaim ${claimName} is being deleted: its data is lost when the database's pod ends. Save what you ` +
        "need (preview shell N db -- pg_dump); preview up --replace-database starts with an empty database now";
}

const jobsIn = (live: readonly KubernetesObject[]) => live.filter(({ kind }) => kind === "Job");

const claimIn = (live: readonly KubernetesObject[]) =>
  live.find(({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === claimName);

/** When the claim was created, in milliseconds; Infinity if it is missing, since the next one will be newer than anything. */
function claimMade(live: readonly KubernetesObject[]): number {
  const claim = claimIn(live);
  return claim === undefined ? Infinity : Date.parse(claim.metadata.creationTimestamp);
}

/** Asks the cluster whether the database has lost its volume since it was migrated. */
export async function hasLostVolume(place: NamespaceRef): Promise<boolean> {
  const options = ["--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", "jobs,persistentvolumeclaims", ...options]);
  return migrationsToRepeat((JSON.parse(text) as { items: KubernetesObject[] }).items).length > 0;
}
