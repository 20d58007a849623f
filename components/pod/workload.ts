import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../contract";

/** Changes what a workload is made from before it is made: the way to adapt one without editing its component. */
export type Transform<Args> = (args: Args) => Args;

/** What the workloads of a preview have in common. */
export interface WorkloadArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
  /** Names of the Secrets that images are pulled with. */
  readonly imagePullSecrets: readonly pulumi.Input<string>[];
}

/** What those have in common that run the product's images. */
export interface ProductArgs extends WorkloadArgs {
  /** Name of the ConfigMap with the certificates to trust. @default the image's own are trusted */
  readonly trustedCa?: pulumi.Input<string>;
}

/**
 * On a workload, not on its pods: what somebody has set by hand, or an autoscaler, is the program's again at its next change.
 * Without it server-side apply refuses that as a conflict (pulumi/pulumi-kubernetes#2011).
 */
export const forceApply = { "pulumi.com/patchForce": "true" };

/** Asleep is a setting, so that no update wakes a preview by accident. */
export const replicasOf = ({ asleep }: Settings) => (asleep ? 0 : 1);
