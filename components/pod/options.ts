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
 */
export function deletedBeforeNamespace(parent: pulumi.Resource): pulumi.CustomResourceOptions {
  const update = `${limits.workloadUpdateSeconds}s`;
  return { parent, customTimeouts: { create: update, update, delete: `${limits.workloadDeletionSeconds}s` } };
}
