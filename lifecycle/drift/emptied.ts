import { services } from "../../contract";
import { kubectl, type Place } from "../kubectl";
import type { LiveObject } from "./compare";

interface Job extends LiveObject {
  readonly status?: { readonly completionTime?: string };
}

/** The claim of the database's volume. */
const claimName = `data-${services.database.name}-0`;

/** What a database that has lost its volume needs. */
export interface Emptied {
  /** Names of the migrations that were made for data that is gone: they are to run again. */
  readonly migrations: readonly string[];
  /** Whether the volume only waits for the database's pod to end. */
  readonly isGoing: boolean;
}

/** Undefined where the volume is the one that was migrated last, as far as can be seen. */
export function emptiedSince(live: readonly LiveObject[]): Emptied | undefined {
  const claim = live.find(({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === claimName);
  const isGoing = claim?.metadata.deletionTimestamp !== undefined;
  const made = claim === undefined || isGoing ? Infinity : Date.parse(claim.metadata.creationTimestamp ?? "");
  const migrations = live
    .filter(({ kind }) => kind === "Job")
    .filter((job) => Date.parse((job as Job).status?.completionTime ?? "") < made)
    .map(({ metadata }) => metadata.name);
  return migrations.length === 0 ? undefined : { migrations, isGoing };
}

/** The same, asking the cluster. */
export async function isEmptied(place: Place): Promise<boolean> {
  const options = ["--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", "jobs,persistentvolumeclaims", ...options]);
  return emptiedSince((JSON.parse(text) as { items: LiveObject[] }).items) !== undefined;
}

/** Ends the pod that a volume waits for, which somebody deletes. */
export async function letGo(place: Place): Promise<void> {
  const options = ["--ignore-not-found", "--wait=false", "--request-timeout=15s"];
  await kubectl(place, ["delete", `pod/${services.database.name}-0`, ...options]);
}
