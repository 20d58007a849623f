import { hasMigration, longRunning, type Part, UserError } from "../../contract";
import { hasLostVolume } from "../drift";
import { type NamespaceRef, tryKubectl } from "../../clients/kubernetes/kubectl";
import { look, type Objects } from "../../clients/kubernetes/rollout/objects";

/** Owns the replicas in server-side apply until they are handed back to Pulumi. */
const fieldManager = "preview-wake";

/** The sleeping workloads, the database first, since the others wait for it. */
const workloadsOf = (parts: readonly Part[]) =>
  longRunning(parts)
    .toReversed()
    .map(({ kind, name }) => ({ apiVersion: "apps/v1", kind, metadata: { name } }));

/**
 * Starts the sleeping workloads before Pulumi gets to them; the API's gate waits for the database. Left to Pulumi if a migration
 * must run first.
 */
export async function startAtOnce(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  try {
    if (isMigrated(await look(place), parts) && !(await hasLostVolume(place))) {
      await apply(place, workloadsOf(parts).map(scaledTo(1)));
    }
  } catch (error) {
    // Pulumi starts them anyway.
    report((error as Error).message);
  }
}

/** Undoes `startAtOnce` if the preview stays asleep. */
export async function stopAgain(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  await apply(place, workloadsOf(parts).map(scaledTo(0))).catch((error: unknown) => report((error as Error).message));
}

/** Gives up ownership of the replicas: otherwise Pulumi's next change of them would be refused as a conflict. */
export async function releaseReplicas(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  await apply(place, workloadsOf(parts)).catch((error: unknown) => report((error as Error).message));
}

type Workload = ReturnType<typeof workloadsOf>[number];

const scaledTo = (replicas: number) => (workload: Workload) => ({ ...workload, spec: { replicas } });

/** Whether no migration is left to run: one that was deployed while the preview slept is suspended. */
export const isMigrated = ({ makers }: Objects, parts: readonly Part[]): boolean =>
  !hasMigration(parts) ||
  (jobsIn(makers).length > 0 && jobsIn(makers).every(({ status }) => (status.succeeded ?? 0) > 0));

const jobsIn = (makers: Objects["makers"]) => makers.filter((maker) => maker.kind === "Job");

async function apply(place: NamespaceRef, items: readonly object[]): Promise<void> {
  const options = [`--field-manager=${fieldManager}`, "--force-conflicts", "--validate=false", "--request-timeout=15s"];
  const { failed, stderr } = await tryKubectl(place, ["apply", "--server-side", "--filename=-", ...options], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
  if (failed) {
    throw new UserError(`the workloads of ${place.namespace} can't be scaled: ${stderr}`);
  }
}
