import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { limits } from "../../contract";

/** Options of everything in the namespace: it goes with the namespace and isn't deleted one by one before it. */
export function inNamespace(parent: pulumi.Resource, namespace: k8s.core.v1.Namespace): pulumi.CustomResourceOptions {
  return { parent, deletedWith: namespace };
}

/**
 * Options of what has pods: it is deleted before the namespace. The namespace's controller looks once after 5 s and, if
 * there is still a pod or a volume's claim, again 3 to 8 s later; without any it is done the first time.
 */
export function deletedBeforeNamespace(parent: pulumi.Resource): pulumi.CustomResourceOptions {
  const update = `${limits.workloadUpdateSeconds}s`;
  return { parent, customTimeouts: { create: update, update, delete: `${limits.workloadDeletionSeconds}s` } };
}
