import type { types } from "@pulumi/kubernetes";
import { limits } from "../../contract";
import type { WorkloadArgs } from "./workload";

type PodSpec = types.input.core.v1.PodSpec;

/**
 * The pod that every workload starts from. It fulfils Pod Security "restricted"
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), has no token for the API server, and gets no
 * variables from Services: a Service named `api` would set API_PORT (kubernetes/kubernetes#60099).
 */
export function podSpec(
  args: Pick<WorkloadArgs, "imagePullSecrets">,
  own: { uid: number | undefined; gid?: number } & Omit<PodSpec, "securityContext">,
): PodSpec {
  const { uid, gid = uid, ...spec } = own;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // The namespace's deletion waits for the longest, and again 5 s when a pod is still there after that: more than 5 makes
    // every close slower.
    terminationGracePeriodSeconds: limits.podEndSeconds,
    imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })),
    securityContext: {
      runAsNonRoot: true,
      ...(uid === undefined ? {} : { runAsUser: uid }),
      // Kubelet takes only the user from an image: without this the group is 0.
      ...(gid === undefined ? {} : { runAsGroup: gid, fsGroup: gid }),
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...spec,
  };
}
