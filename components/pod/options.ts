import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { limits } from "../../contract";

/** Options of everything in the namespace: deleted with the namespace rather than one by one before it. */
export function inNamespace(parent: pulumi.Resource, namespace: k8s.core.v1.Namespace): pulumi.CustomResourceOptions {
  return { parent, deletedWith: namespace };
}

/** What a workload's pods may take, in seconds. */
interface PodTimes {
  readonly startSeconds: number;
  readonly stopSeconds: number;
}

/**
 * Options of workloads, which are deleted before the namespace. The namespace controller checks after 5 s and, if a pod or a
 * volume claim is left, again 3 to 8 s later.
 *
 * @param times @default what is usual
 */
export function deletedBeforeNamespace(
  parent: pulumi.Resource,
  { startSeconds = 0, stopSeconds = 0 }: Partial<PodTimes> = {},
): pulumi.CustomResourceOptions {
  const more = Math.max(0, startSeconds - limits.serverReadySeconds) + Math.max(0, stopSeconds - limits.podEndSeconds);
  const update = `${limits.workloadUpdateSeconds + more}s`;
  const deletion = Math.max(limits.workloadDeletionSeconds, stopSeconds + limits.afterStopSeconds);
  return { parent, customTimeouts: { create: update, update, delete: `${deletion}s` } };
}

/**
 * Options of a part's workload. One whose pods may take long to stop goes with the namespace: `preview close` gives them less
 * time than Pulumi would, and kubelet keeps to the first deletion's (kubernetes/kubernetes#83916).
 */
export function ofPart(
  parent: pulumi.Resource,
  namespace: k8s.core.v1.Namespace,
  times: PodTimes,
): pulumi.CustomResourceOptions {
  const stopsLong = times.stopSeconds > limits.podEndSeconds;
  return { ...deletedBeforeNamespace(parent, times), ...(stopsLong && inNamespace(parent, namespace)) };
}
