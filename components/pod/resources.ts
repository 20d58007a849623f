import type { types } from "@pulumi/kubernetes";
import { memoryLimit, type Settings, type WritableFolder } from "../../contract";

/** CPU and memory of a container whose folders these are. */
export function resourceRequirements(
  resources: Settings["api"]["resources"],
  folders: readonly WritableFolder[],
): types.input.core.v1.ResourceRequirements {
  return {
    requests: { cpu: resources.cpu, memory: resources.memory },
    // None of ephemeral storage: kubelet would count logs before it rotates them, and evict a pod that logs much.
    limits: { memory: memoryLimit(resources, folders) },
  };
}
