import type { types } from "@pulumi/kubernetes";
import { limits } from "../../contract";
import type { WorkloadArgs } from "./workload";

type PodSpec = types.input.core.v1.PodSpec;

/**
 * The pod spec shared by all workloads. Unless its user is root it complies with the Pod Security standard "restricted"
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/). Unless its part asks for rights it has no token for the
 * API server. It has no variables from Services: the Service `api` would set API_PORT (kubernetes/kubernetes#60099).
 */
export function podSpec(
  args: Pick<WorkloadArgs, "imagePullSecrets">,
  own: { uid: number | undefined; gid?: number; stopSeconds?: number } & Omit<PodSpec, "securityContext">,
): PodSpec {
  const { uid, gid = uid, stopSeconds = limits.podEndSeconds, ...spec } = own;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // The deletion of a namespace waits for the longest grace period, and 5 s more if a pod is left after that: a period over
    // 5 s slows down every plain destroy.
    terminationGracePeriodSeconds: stopSeconds,
    imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })),
    securityContext: {
      runAsNonRoot: uid !== 0,
      ...(uid === undefined ? {} : { runAsUser: uid }),
      // Kubelet takes only the user from an image; the group would be 0.
      ...(gid === undefined ? {} : { runAsGroup: gid, fsGroup: gid }),
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...spec,
  };
}
