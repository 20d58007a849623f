import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../contract";

/** Changes a workload's arguments before it is created, without editing its component. */
export type Transform<Args> = (args: Args) => Args;

/** Arguments of every workload. */
export interface WorkloadArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
  /** Names of the Secrets for pulling images. */
  readonly imagePullSecrets: readonly pulumi.Input<string>[];
}

/** Arguments of the workloads that run a product image. */
export interface ProductArgs extends WorkloadArgs {
  /** Name of the ConfigMap with the trusted certificates. @default those of the image */
  readonly trustedCa?: pulumi.Input<string>;
}

/**
 * Annotates a workload, not its pods: the program's next change overrides what a person or an autoscaler has changed. Without it
 * server-side apply fails with a conflict (pulumi/pulumi-kubernetes#2011).
 */
export const forceApply = { "pulumi.com/patchForce": "true" };

/** None while asleep. That is a setting, so that no update wakes a preview by accident. */
export const replicasOf = ({ asleep }: Settings) => (asleep ? 0 : 1);
