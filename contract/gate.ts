import type { SettingsValues } from "./settings/schema";

/** The init container of every pod of a preview. */
export const gateName = "gate";

/** What the gate needs, which counts for a pod that needs less itself. */
export const gateResources = { cpu: "10m", memory: "16Mi", memoryLimit: "32Mi" } as const;

/** The gate's exit code, by what it waited for when it timed out. */
export const gateExitCodes = { isolation: 81, dns: 82, needed: 83 } as const;

/** The termination message of a gate that succeeded: whether the Kubernetes API is out of the pod's reach. */
export type GateReport = "closed" | "not checked";

/**
 * Whether the setting `egress` may let pods reach the Kubernetes API: any range of addresses may include the API's. A single
 * address was chosen on purpose and isn't expected to be the API's. Ports don't help: they differ between clusters, and
 * policies see the endpoint's port, not the Service's.
 */
export const mayReachApiServer = (egress: SettingsValues["egress"]): boolean =>
  egress.some(({ cidr }) => cidr !== undefined && !/\/(?:32|128)$/.test(cidr));
