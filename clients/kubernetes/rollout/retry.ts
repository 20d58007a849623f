import { isStopping } from "../pods";
import { kubectl, type NamespaceRef } from "../kubectl";
import type { Pod } from "../types";
import { isOutdated, makerOf, type Maker, type Objects } from "./objects";

/**
 * Pods in back-off, which their node would retry only minutes later. Without those of Jobs, which are left to Pulumi.
 */
export function backedOff(objects: Objects): Pod[] {
  return objects.pods.filter((pod) => {
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
    const reasons = [...initContainerStatuses, ...containerStatuses].map(({ state }) => state.waiting?.reason ?? "");
    const isBackedOff = reasons.some((reason) => /BackOff$|Err|Invalid/.test(reason));
    return isBackedOff && !isStopping(pod) && makerOf(pod, objects)?.kind !== "Job";
  });
}

/** ReplicaSets that couldn't create a pod, which would also retry only minutes later. */
export const withoutPods = ({ makers }: Objects): Maker[] =>
  makers.filter(
    ({ kind, status }) =>
      kind === "ReplicaSet" &&
      status.replicas === 0 &&
      status.conditions?.some((condition) => condition.type === "ReplicaFailure" && condition.status === "True"),
  );

/** Failing pods of a StatefulSet's former revision, which it won't replace until they are ready. */
export const blockingReplacement = (objects: Objects): Pod[] =>
  backedOff(objects).filter((pod) => makerOf(pod, objects)?.kind === "StatefulSet" && isOutdated(pod, objects));

/**
 * Makes controllers retry at once what was refused: they retry ever more rarely, up to minutes apart, and don't notice that there
 * is room by now.
 */
export async function tryAgain(
  place: NamespaceRef,
  makers: readonly Maker[],
  report: (message: string) => void,
): Promise<void> {
  const [replicaSets, others] = [true, false].map((isOne) =>
    makers.filter(({ kind }) => (kind === "ReplicaSet") === isOne),
  );
  await recreate(place, replicaSets!, report);
  // Any change triggers the others; a new StatefulSet or Job would confuse Pulumi.
  for (const { kind, metadata } of others!) {
    const object = `${kind.toLowerCase()}/${metadata.name}`;
    const mark = `preview-stack/tried-again=${metadata.resourceVersion}`;
    await kubectl(place, ["annotate", object, mark, "--overwrite", "--request-timeout=15s"]).catch((error: unknown) =>
      report((error as Error).message),
    );
  }
}

/** Deletes objects that don't serve: their controllers recreate and retry them at once. */
export async function recreate(
  place: NamespaceRef,
  objects: readonly (Pod | Maker)[],
  report: (message: string) => void,
): Promise<void> {
  for (const { kind, metadata } of objects) {
    report(`${kind.toLowerCase()} ${metadata.name} has failed before: recreating it`);
    const name = `${kind.toLowerCase()}/${metadata.name}`;
    await kubectl(place, ["delete", name, "--ignore-not-found", "--wait=false", "--request-timeout=15s"]).catch(
      (error: unknown) => report((error as Error).message),
    );
  }
}
