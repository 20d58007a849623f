import type { Settings } from "./settings";

/** The container that every pod of a preview runs before its own. */
export const gateName = "gate";

/** What the gate ends with, by what it has waited for in vain. */
export const gateExitCodes = { isolation: 81, dns: 82, needed: 83 } as const;

/** What the gate has seen of the Kubernetes API from its pod, as its termination message. */
export type GateReport = "closed" | "not checked";

/**
 * Whether the setting `egress` may let pods connect to the Kubernetes API: a range of addresses may have its own in it. A single
 * address is one that somebody has named, and nobody names the API's. Ports don't tell: each cluster has its own, and policies
 * see the one that the Service stands for.
 */
export const mayReachApiServer = (egress: Settings["egress"]): boolean =>
  egress.some(({ cidr }) => cidr !== undefined && !/\/(?:32|128)$/.test(cidr));
