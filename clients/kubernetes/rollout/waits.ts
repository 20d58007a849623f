import { gateExitCodes, limits } from "../../../contract";
import type { ContainerStatus, Event, Job, Pod, Probe, Terminated } from "../types";
import { gateOf, hasEnded, isStopping, partOf } from "../pods";
import { isNewest, isOutdated, type Maker, makerOf, type Objects } from "./objects";

/** Why a workload isn't ready yet. */
export type Cause =
  | "image"
  | "gate image"
  | "gate waits"
  | "not isolated"
  | "no DNS"
  | "gate failed"
  | "gate gave up"
  | "configuration"
  | "crash"
  | "crash loop"
  | "wrong path"
  | "not ready"
  | "never ready"
  | "refused"
  | "no room yet"
  | "no place"
  | "running"
  | "failed";

/** What a workload that isn't ready yet is waiting for. */
export interface Wait {
  /** The name of the part that it belongs to. */
  readonly part: string;
  /** `pod api-6544b568fd-ctjgk` */
  readonly object: string;
  readonly cause: Cause;
  /** In the cluster's words, as far as they help. */
  readonly message: string;
  /** The container that ended, if that is the cause. */
  readonly ended?: EndedContainer;
  /** How long its startup probe allows, in seconds. */
  readonly limit?: number;
}

/** A container that ended, to read its log. */
export interface EndedContainer {
  readonly pod: string;
  readonly name: string;
  /** Whether it has been restarted since. */
  readonly isFormer: boolean;
}

type Reason = Omit<Wait, "part" | "object">;

/** The name of a wait's object. */
export const objectOf = ({ kind, metadata }: Pod | Maker): string =>
  `${kind === "Pod" ? "pod" : kind} ${metadata.name}`;

/** What a preview's workloads are waiting for, without pods that are being replaced. */
export function waitsOf(objects: Objects): Wait[] {
  const pods = objects.pods.filter((pod) => !isStopping(pod) && !isOutdated(pod, objects) && !hasEnded(pod));
  const makers = objects.makers.filter((maker) => isNewest(maker, objects));
  return [
    ...pods.map((pod) => waitOf(pod, podReason(pod, objects))),
    ...makers.map((maker) => waitOf(maker, maker.kind === "Job" ? jobReason(maker, objects) : refusal(maker, objects))),
  ].filter((wait) => wait !== undefined);
}

function waitOf(object: Pod | Maker, reason: Reason | undefined): Wait | undefined {
  return reason && { part: partOf(object), object: objectOf(object), ...reason };
}

function podReason(pod: Pod, objects: Objects): Reason | undefined {
  const containers = pod.status.containerStatuses;
  if (containers === undefined) {
    const unscheduled = pod.status.conditions?.find(
      ({ type, status }) => type === "PodScheduled" && status === "False",
    );
    return unscheduled && { cause: "no place", message: unscheduled.message ?? "no node takes it" };
  }
  const gate = gateOf(pod);
  const reasons = [gate && gateReason(gate), ...containers.map((one) => containerReason(one, pod, objects))];
  return reasons.find((reason) => reason !== undefined);
}

/** Why a pod's own containers don't start yet. */
function gateReason(gate: ContainerStatus): Reason | undefined {
  const { waiting, running } = gate.state;
  const ended = gate.state.terminated ?? (waiting && gate.lastState?.terminated);
  if (isImageReason(waiting?.reason)) {
    return { cause: "gate image", message: imageMessage(gate) };
  }
  if (ended !== undefined && ended.exitCode !== 0) {
    const message = ended.message ?? `${ended.reason ?? "ended"}: its gate ended with exit code ${ended.exitCode}`;
    return { cause: gateCause(ended.exitCode), message };
  }
  return running && { cause: "gate waits", message: "waits for its network policies, and for what it needs" };
}

function containerReason(container: ContainerStatus, pod: Pod, objects: Objects): Reason | undefined {
  const { waiting, terminated, running } = container.state;
  const reason = waiting?.reason ?? "";
  if (isImageReason(reason)) {
    return { cause: "image", message: imageMessage(container) };
  }
  if (/^Create\w+Error$/.test(reason)) {
    return { cause: "configuration", message: `${reason}: ${waiting?.message ?? ""}` };
  }
  if (makerOf(pod, objects)?.kind === "Job") {
    // Its end is reported for the Job.
    return running && { cause: "running", message: "is still running" };
  }
  if (terminated !== undefined || reason === "CrashLoopBackOff") {
    return crash(container, pod);
  }
  return running === undefined || container.ready ? undefined : notReady(container, pod, objects.events);
}

function gateCause(exitCode: number): Cause {
  switch (exitCode) {
    case gateExitCodes.isolation:
      return "not isolated";
    case gateExitCodes.dns:
      return "no DNS";
    default:
      return "gate failed";
  }
}

const isImageReason = (reason = "") => /^(Err)?Image|^InvalidImageName/.test(reason);

const imageMessage = ({ image, state: { waiting } }: ContainerStatus) =>
  `${waiting?.reason}: ${image}: ${tail(waiting?.message ?? "", image)}`;

/** The innermost error of a message that repeats the image's name at every level. */
function tail(message: string, image: string): string {
  const quoted = `"${image}": `;
  const last = message.lastIndexOf(quoted);
  return last === -1 ? message : message.slice(last + quoted.length);
}

function crash(container: ContainerStatus, pod: Pod): Reason {
  const probe = startupProbe(container, pod);
  const last = container.state.terminated ?? container.lastState?.terminated;
  const ended = endOf(container, pod);
  if (wasNeverReady(last, pod, probe)) {
    return { cause: "never ready", message: `does not get ready in ${limitOf(probe)} s`, ended };
  }
  const times = container.restartCount + 1;
  return {
    // On the first attempt, what it depends on may not be ready.
    cause: times < limits.containerExits ? "crash" : "crash loop",
    message: `${last?.reason ?? "CrashLoopBackOff"}: ended with exit code ${last?.exitCode ?? "unknown"}, ${times} times`,
    ended,
  };
}

const endOf = ({ name, state }: ContainerStatus, { metadata }: Pod): EndedContainer => ({
  pod: metadata.name,
  name,
  isFormer: state.terminated === undefined,
});

function notReady(container: ContainerStatus, pod: Pod, events: readonly Event[]): Reason {
  const probe = startupProbe(container, pod);
  const message = `does not get ready: ${lastAnswer(pod, probe, events)}`;
  const before = container.lastState?.terminated;
  if (container.started !== true && wasNeverReady(before, pod, probe)) {
    return { cause: "never ready", message, ended: endOf(container, pod) };
  }
  // A server that answers 404 has started, and won't serve that path later.
  const isWrongPath = container.started !== true && /answers 404$/.test(message);
  return { cause: isWrongPath ? "wrong path" : "not ready", message, limit: limitOf(probe) };
}

/** How long a pod may take to start by its own probes, in seconds; 0 without any. */
export const startLimitOf = ({ spec }: Pod): number =>
  Math.max(0, ...spec.containers.map(({ startupProbe }) => limitOf(startupProbe) ?? 0));

/** The startup probe's last result. */
function lastAnswer(pod: Pod, probe: Probe | undefined, events: readonly Event[]): string {
  const unhealthy = events
    .filter(({ involvedObject, reason }) => involvedObject.uid === pod.metadata.uid && reason === "Unhealthy")
    .sort((a, b) => Date.parse(a.lastTimestamp ?? "") - Date.parse(b.lastTimestamp ?? ""))
    .at(-1);
  const status = /statuscode: (\d+)/.exec(unhealthy?.message ?? "")?.[1];
  const path = probe?.httpGet?.path;
  return status !== undefined && path !== undefined ? `${path} answers ${status}` : (unhealthy?.message ?? "no answer");
}

const startupProbe = ({ name }: ContainerStatus, { spec }: Pod): Probe | undefined =>
  spec.containers.find((container) => container.name === name)?.startupProbe;

/** How long a container has to get ready, in seconds; undefined without a probe. */
function limitOf(probe: Probe | undefined): number | undefined {
  const { periodSeconds = 10, failureThreshold = 3 } = probe ?? {};
  return probe && periodSeconds * failureThreshold;
}

/** Whether the node killed it when its time to get ready was up. The event may be lost among those of the failed probes. */
function wasNeverReady(end: Terminated | undefined, { spec }: Pod, probe: Probe | undefined): boolean {
  const seconds = (Date.parse(end?.finishedAt ?? "") - Date.parse(end?.startedAt ?? "")) / 1000;
  const limit = limitOf(probe);
  const toStop = 10 + (spec.terminationGracePeriodSeconds ?? 30);
  return limit !== undefined && seconds >= limit - 1 && seconds <= limit + toStop;
}

/** Why no pods are created: the namespace's quota, most of the time. */
function refusal(maker: Maker, { pods, events }: Objects): Reason | undefined {
  const failure = maker.status.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  // Only ReplicaSets have the condition.
  const event = events.findLast(
    ({ involvedObject, reason }) => involvedObject.uid === maker.metadata.uid && reason === "FailedCreate",
  );
  const message = failure?.message ?? (maker.kind === "ReplicaSet" || hasPods(maker) ? undefined : event?.message);
  if (message === undefined) {
    return undefined;
  }
  // What is ending still counts.
  const isEnding = /exceeded quota/.test(message) && pods.some(isStopping);
  return isEnding
    ? { cause: "no room yet", message: `its pods are refused while others are ending: ${message}` }
    : { cause: "refused", message: `its pods are refused: ${message}` };
}

function hasPods(maker: Maker): boolean {
  if (maker.kind !== "Job") {
    return maker.status.replicas > 0;
  }
  const { active = 0, succeeded = 0, failed = 0 } = maker.status;
  return active + succeeded + failed > 0;
}

function jobReason(job: Job, objects: Objects): Reason | undefined {
  const failed = job.status.conditions?.find(({ type, status }) => type === "Failed" && status === "True");
  if (failed === undefined) {
    return refusal(job, objects);
  }
  const pod = objects.pods.findLast((one) => makerOf(one, objects) === job);
  const gate = pod && gateOf(pod);
  const heldUp = gate && gateReason(gate);
  if (heldUp !== undefined) {
    return { ...heldUp, cause: heldUp.cause === "gate failed" ? "gate gave up" : heldUp.cause };
  }
  const container = pod?.status.containerStatuses?.find(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
  const how = container === undefined ? "" : `, exit code ${container.state.terminated!.exitCode}`;
  const ended = pod && container && endOf(container, pod);
  return { cause: "failed", message: `${failed.reason}: ${failed.message}${how}`, ended };
}
