import { setTimeout as sleep } from "node:timers/promises";
import { limits, type Part, runningNames, standardPartList, UserError } from "../../../contract";
import type { NamespaceRef } from "../kubectl";
import { frontServes, isStopping, partOf, serves } from "../pods";
import { startLimitOf } from "./waits";
import { isOutdated, look, type Objects } from "./objects";

export interface RolloutOptions {
  /** The preview's parts. @default those that every preview has */
  readonly parts?: readonly Part[];
  readonly signal?: AbortSignal;
}

/**
 * Waits until all parts but the migration serve, and only their newest revision: a terminating pod still serves for a moment, so
 * that no visitor is refused. Pulumi alone won't do: it takes a Deployment that is scaled up from zero for ready at once.
 *
 * @throws UserError if one of them doesn't serve in time, or the cluster can't be asked
 */
export async function rolledOut(place: NamespaceRef, { parts, signal }: RolloutOptions = {}): Promise<void> {
  const started = performance.now();
  for (;;) {
    const objects = await look(place);
    const missing = notServing(objects, parts);
    const seconds = (performance.now() - started) / 1000;
    if (missing.length === 0 && (!servesFormer(objects, parts) || seconds > limits.oldPodsGoneSeconds)) {
      return;
    }
    const limit = readyLimit(objects, missing);
    if (seconds > limit) {
      throw new UserError(`${missing.join(" and ")} in ${place.namespace} not ready after ${limit} s`);
    }
    signal?.throwIfAborted();
    await sleep(250);
  }
}

/** How long parts may take to get ready, in seconds: longer where the settings give one of them longer to start. */
export function readyLimit({ pods }: Objects, missing: readonly string[]): number {
  const usual = limits.rolloutReadySeconds - limits.serverReadySeconds;
  const limitsOfPods = pods.filter((pod) => missing.includes(partOf(pod))).map((pod) => usual + startLimitOf(pod));
  return Math.max(limits.rolloutReadySeconds, ...limitsOfPods);
}

/** The parts without a ready pod. */
export const notServing = ({ pods }: Objects, parts = standardPartList): string[] =>
  runningNames(parts).filter((part) => !pods.some((pod) => partOf(pod) === part && serves(pod)));

/** Whether a pod of the part behind the public host is ready; also false if the cluster can't be asked. */
export const frontIsReady = (place: NamespaceRef, parts = standardPartList): Promise<boolean> =>
  look(place).then(
    ({ pods }) => frontServes(pods, runningNames(parts)),
    () => false,
  );

/**
 * Whether a pod of a former revision may still serve. A part without a port serves nobody, and may take long to stop: a worker
 * finishes its task first.
 */
export function servesFormer(objects: Objects, parts = standardPartList): boolean {
  const listening = runningNames(parts.filter(({ port }) => port !== undefined));
  return objects.pods
    .filter((pod) => listening.includes(partOf(pod)) && pod.status.phase !== "Failed")
    .some((pod) => isStopping(pod) || isOutdated(pod, objects));
}
