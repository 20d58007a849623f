import { missingGuards, runningNames } from "../../contract";
import { gateOf } from "../../clients/kubernetes/pods";
import { type Check, verdict } from "../check";
import { NotChecked } from "../not-checked";

const guards: Check = {
  id: "isolation",
  title: "The namespace has its network policies and its quota",
  setting: "none: run preview up to recreate them, and find out who deleted them",
  why: "the preview and others can reach each other, or it uses more than its share",
  run: async (target) => {
    const [policies, quotas] = await Promise.all([
      target.cluster.names("networkpolicies"),
      target.cluster.names("resourcequotas"),
    ]);
    const { parts, policies: deployed } = target.cluster;
    const preview = { parts: runningNames(parts), policies: deployed };
    const missing = missingGuards(preview, { policies, quotas }).map((name) => `${name} is missing`);
    return verdict(missing, `${policies.length} policies, and the quota`);
  },
};

const enforced: Check = {
  id: "enforced-policies",
  title: "Pods can't reach the Kubernetes API, not even as they start",
  setting: "a network plugin that enforces policies; the setting isolation must be checked, its default",
  why: "a pull request's code can connect to the cluster's API, to nodes and to other previews",
  run: async (target) => {
    const pods = await target.cluster.pods();
    const ungated = pods.filter((pod) => gateOf(pod) === undefined).map(({ metadata }) => metadata.name);
    if (pods.some((pod) => gateOf(pod)?.state?.terminated?.message === "not checked")) {
      throw new NotChecked("isolation is unchecked, or egress allows addresses that may include the Kubernetes API's");
    }
    const reaching = await target.cluster.reachingKubernetes();
    const problems = [
      ...ungated.map((name) => `pod ${name} has started without a gate`),
      ...reaching.map((workload) => `${workload} reaches the Kubernetes API`),
    ];
    return verdict(problems, `${pods.length} pods, at their start and now`);
  },
};

export const isolationChecks = [guards, enforced];
