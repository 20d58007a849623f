import type { types } from "@pulumi/kubernetes";
import { memoryLimit, type Settings, type WritableFolder } from "../../contract";

/** A container's CPU and memory, including its folders in memory. */
export function resourceRequirements(
  resources: Settings["api"]["resources"],
  folders: readonly WritableFolder[],
): types.input.core.v1.ResourceRequirements {
  return {
    requests: { cpu: resources.cpu, memory: resources.memory },
    // No limit on ephemeral storage: kubelet counts logs that it hasn't rotated yet, and would evict a pod that logs a lot.
    limits: { memory: memoryLimit(resources, folders) },
  };
}
