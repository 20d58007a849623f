import { parseQuantity, recordedParts } from "../../contract";
import { hasEnded, isStopping, partOf, serves } from "../../clients/kubernetes/pods";
import type { Listed, Pod as PodObject } from "../../clients/kubernetes/types";

/** A pod as the API server lists it. */
export type Pod = Listed<PodObject>;

/** Resource requests. */
export interface Requests {
  /** In cores. */
  readonly cpu: number;
  /** In bytes. */
  readonly memory: number;
}

/** The total requests of all pods that haven't ended. */
export function requestsOf(pods: readonly Pod[]): Requests {
  const requests = pods
    .filter((pod) => !hasEnded(pod))
    .flatMap(({ spec }) => spec.containers)
    .map(({ resources }) => resources?.requests);
  const cpu = total(requests.map((one) => one?.cpu));
  // Rounded to a thousandth, the precision of requests: 3 × 0.05 isn't 0.15 in binary.
  return { cpu: Math.round(cpu * 1000) / 1000, memory: total(requests.map((one) => one?.memory)) };
}

/**
 * What is wrong with the pods of a preview that isn't asleep, in a few words each: `web: ImagePullBackOff`.
 *
 * @param serving names of the parts whose pods keep running
 */
export function problemsOf(pods: readonly Pod[], serving: readonly string[] = recordedParts()): string[] {
  const current = pods.filter((pod) => !isStopping(pod));
  if (current.length === 0) {
    return ["no pods"];
  }
  const parts = new Set([...serving, ...current.map(partOf)]);
  return [...parts].flatMap((part) => {
    const own = current.filter((pod) => partOf(pod) === part);
    const problems = [...new Set(own.flatMap(waitingReasons))];
    const otherwise = serving.includes(part) ? whyNotServing(own) : whyNotDone(own);
    return (problems.length > 0 ? problems : otherwise).map(
      (problem) => `${part === "" ? "unknown pod" : part}: ${problem}`,
    );
  });
}

const total = (quantities: readonly (string | undefined)[]) =>
  quantities.reduce((sum, quantity) => sum + (parseQuantity(quantity ?? "0") ?? 0), 0);

/** What every container waits for before it starts. */
const ordinary = ["ContainerCreating", "PodInitializing"];

function waitingReasons({ status }: Pod): string[] {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const waiting = containers.map(({ state }) => state?.waiting?.reason);
  const unscheduled = (status.conditions ?? []).filter(({ type, status: holds }) => {
    return type === "PodScheduled" && holds === "False";
  });
  return [...waiting, ...unscheduled.map(({ reason }) => reason)].filter(
    (reason) => reason !== undefined && !ordinary.includes(reason),
  ) as string[];
}

/** One ready pod is enough: during an update there are two. Ended pods may be left from an eviction. */
function whyNotServing(pods: readonly Pod[]): string[] {
  return pods.some(serves) ? [] : [pods.every(hasEnded) ? "no pod" : "not ready"];
}

function whyNotDone(pods: readonly Pod[]): string[] {
  return pods.every(({ status }) => status.phase === "Failed") ? ["failed"] : [];
}
