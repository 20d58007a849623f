import type { types } from "@pulumi/kubernetes";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gateExitCodes, gateName, gateResources, limits, mayReachApiServer, type Settings } from "../../contract";
import { container, unprivileged } from "./container";
import { resourceRequirements } from "./resources";

export interface GateArgs {
  /** Addresses that must be reachable before the pod's other containers start, such as `db:5432`. */
  readonly needs: readonly string[];
  /** Where these pods may connect to outside. */
  readonly egress: Settings["egress"];
}

const script = readFileSync(join(__dirname, "gate.sh"), "utf8");

/** The user and group `nobody`, which own no files in any image. */
const nobody = 65534;

/**
 * The init container of every pod, from an image that no pull request can choose. It exits once the network policies apply to
 * its pod and the addresses in `needs` are reachable. Without it, a pod could open connections before its policies apply, and
 * keep them (https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle).
 */
export function gate(settings: Settings, { needs, egress }: GateArgs): types.input.core.v1.Container {
  const isChecked = settings.isolation === "checked" && !mayReachApiServer(egress);
  return container({
    name: gateName,
    image: settings.gateImage === "" ? settings.database.image : settings.gateImage,
    securityContext: { ...unprivileged, runAsUser: nobody, runAsGroup: nobody },
    command: ["bash", "-c", script],
    env: Object.entries({
      CHECKS_ISOLATION: isChecked,
      POLICY_SECONDS: limits.policiesSeconds,
      NEEDS: needs.join(" "),
      NEEDS_SECONDS: limits.policiesSeconds + limits.databaseSeconds,
      ISOLATION_EXIT_CODE: gateExitCodes.isolation,
      DNS_EXIT_CODE: gateExitCodes.dns,
      NEEDED_EXIT_CODE: gateExitCodes.needed,
    }).map(([name, value]) => ({ name, value: String(value) })),
    resources: resourceRequirements(gateResources, []),
  });
}
