import type { types } from "@pulumi/kubernetes";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gateExitCodes, gateName, limits, mayReachApiServer, type Settings } from "../../contract";
import { container, unprivileged } from "./container";

export interface GateArgs {
  /** `db:5432`: what the pod's own containers can't do without. */
  readonly needs: readonly string[];
  /** Whether the setting `egress` is for these pods. */
  readonly hasEgress: boolean;
}

const script = readFileSync(join(__dirname, "gate.sh"), "utf8");

/** Nobody's user and group, which own nothing in any image. */
const nobody = 65534;

/**
 * The container that every pod runs first, of an image that the platform chooses and no pull request does. It ends once the
 * network policies hold for its pod and what the pod needs answers. A pod whose policies come too late could connect to
 * anything before, and keep the connection
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle).
 */
export function gate(settings: Settings, { needs, hasEgress }: GateArgs): types.input.core.v1.Container {
  const isChecked = settings.isolation === "checked" && !(hasEgress && mayReachApiServer(settings.egress));
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
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
  });
}
