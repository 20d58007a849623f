import { missingGuards } from "../../../contract";
import { type Check, verdict } from "../check";

const guards: Check = {
  id: "isolation",
  title: "The namespace has its network policies and its quota",
  setting: "nothing to set: preview up makes them anew; look who has deleted them",
  why: "the preview can be reached from others and reach them, or takes more than its share",
  run: async (target) => {
    const [policies, quotas] = await Promise.all([
      target.cluster.names("networkpolicies"),
      target.cluster.names("resourcequotas"),
    ]);
    const missing = missingGuards(policies, quotas).map((name) => `${name} is missing`);
    return verdict(missing, `${policies.length} policies, and the quota`);
  },
};

export const isolationChecks = [guards];
