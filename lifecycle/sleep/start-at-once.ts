import { longRunning, type Part, UserError } from "../../contract";
import { isEmptied } from "../drift";
import { type NamespaceRef, tryKubectl } from "../../clients/kubernetes/kubectl";
import { look, type Objects } from "../../clients/kubernetes/rollout/objects";

/** Under which the cluster records who has set the replicas, until they are Pulumi's again. */
const fieldManager = "preview-wake";

/** What sleeps, the database first, which others wait for. */
const workloadsOf = (parts: readonly Part[]) =>
  longRunning(parts)
    .toReversed()
    .map(({ kind, name }) => ({ apiVersion: "apps/v1", kind, metadata: { name } }));

/**
 * Starts what sleeps while Pulumi is still on its way there; the API's own gate waits for the database. Where a migration is to
 * come first, it is left to Pulumi.
 */
export async function startAtOnce(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  try {
    if (isMigrated(await look(place)) && !(await isEmptied(place))) {
      await apply(place, workloadsOf(parts).map(scaledTo(1)));
    }
  } catch (error) {
    // Pulumi starts them all the same.
    report((error as Error).message);
  }
}

/** Stops again what was started at once, where the preview is to sleep on. */
export async function stopAgain(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  await apply(place, workloadsOf(parts).map(scaledTo(0))).catch((error: unknown) => report((error as Error).message));
}

/** Leaves the replicas to Pulumi alone: otherwise its next update that changes them would be refused as a conflict. */
export async function handBack(
  place: NamespaceRef,
  parts: readonly Part[],
  report: (message: string) => void,
): Promise<void> {
  await apply(place, workloadsOf(parts)).catch((error: unknown) => report((error as Error).message));
}

type Workload = ReturnType<typeof workloadsOf>[number];

const scaledTo = (replicas: number) => (workload: Workload) => ({ ...workload, spec: { replicas } });

/** Whether no migration is left to run: one that came while the preview slept is suspended. */
export const isMigrated = ({ makers }: Objects): boolean =>
  jobsIn(makers).length > 0 && jobsIn(makers).every(({ status }) => (status.succeeded ?? 0) > 0);

const jobsIn = (makers: Objects["makers"]) => makers.filter((maker) => maker.kind === "Job");

async function apply(place: NamespaceRef, items: readonly object[]): Promise<void> {
  const options = [`--field-manager=${fieldManager}`, "--force-conflicts", "--validate=false", "--request-timeout=15s"];
  const { failed, stderr } = await tryKubectl(place, ["apply", "--server-side", "--filename=-", ...options], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
  if (failed) {
    throw new UserError(`starting the workloads of ${place.namespace}: ${stderr}`);
  }
}
