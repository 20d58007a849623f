import { isStopping } from "../pods";
import { kubectl, type NamespaceRef } from "../kubectl";
import type { Pod } from "../types";
import { isOutdated, makerOf, type Maker, type Objects } from "./objects";

/**
 * Pods that their node tries again only minutes later, because it has so often been in vain. Those of a Job are
 * Pulumi's.
 */
export function backedOff(objects: Objects): Pod[] {
  return objects.pods.filter((pod) => {
    const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
    const reasons = [...initContainerStatuses, ...containerStatuses].map(({ state }) => state.waiting?.reason ?? "");
    const isBackedOff = reasons.some((reason) => /BackOff$|Err|Invalid/.test(reason));
    return isBackedOff && !isStopping(pod) && makerOf(pod, objects)?.kind !== "Job";
  });
}

/** ReplicaSets that couldn't make a pod: they as well try again only minutes later. */
export const withoutPods = ({ makers }: Objects): Maker[] =>
  makers.filter(
    ({ kind, status }) =>
      kind === "ReplicaSet" &&
      status.replicas === 0 &&
      status.conditions?.some((condition) => condition.type === "ReplicaFailure" && condition.status === "True"),
  );

/** Pods of a StatefulSet that has another template by now, and that it won't replace before they are ready. */
export const keptFromReplacement = (objects: Objects): Pod[] =>
  backedOff(objects).filter((pod) => makerOf(pod, objects)?.kind === "StatefulSet" && isOutdated(pod, objects));

/** Recreates objects, which are then tried at once. None of them serves. */
export async function makeAnew(
  place: NamespaceRef,
  objects: readonly (Pod | Maker)[],
  report: (message: string) => void,
): Promise<void> {
  for (const { kind, metadata } of objects) {
    report(`${kind.toLowerCase()} ${metadata.name} has failed before: it is recreated`);
    const name = `${kind.toLowerCase()}/${metadata.name}`;
    await kubectl(place, ["delete", name, "--ignore-not-found", "--wait=false", "--request-timeout=15s"]).catch(
      (error: unknown) => report((error as Error).message),
    );
  }
}
