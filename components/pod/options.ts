import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { limits } from "../../contract";

/** Options of everything in the namespace: deleted with the namespace rather than one by one before it. */
export function inNamespace(parent: pulumi.Resource, namespace: k8s.core.v1.Namespace): pulumi.CustomResourceOptions {
  return { parent, deletedWith: namespace };
}

/**
 * Options of workloads, which are deleted before the namespace. The namespace controller checks after 5 s and, if a pod or a
 * volume claim is left, again 3 to 8 s later.
 *
 * @param own what its pods may take to start and to stop, in seconds @default what is usual
 */
export function deletedBeforeNamespace(
  parent: pulumi.Resource,
  { startSeconds = 0, stopSeconds = 0 }: { readonly startSeconds?: number; readonly stopSeconds?: number } = {},
): pulumi.CustomResourceOptions {
  const more = Math.max(0, startSeconds - limits.serverReadySeconds) + Math.max(0, stopSeconds - limits.podEndSeconds);
  const update = `${limits.workloadUpdateSeconds + more}s`;
  const deletion = Math.max(limits.workloadDeletionSeconds, stopSeconds + limits.afterStopSeconds);
  return { parent, customTimeouts: { create: update, update, delete: `${deletion}s` } };
}
