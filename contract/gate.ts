import type { Settings } from "./settings";

/** The container that every pod of a preview runs before its own. */
export const gateName = "gate";

/** What the gate ends with, by what it has waited for in vain. */
export const gateExitCodes = { isolation: 81, dns: 82, needed: 83 } as const;

/** What the gate has seen of the Kubernetes API from its pod, as its termination message. */
export type GateSight = "closed" | "not checked";

/** Ports that API servers listen on, as a Service and by themselves. */
const apiServerPorts = [443, 6443];

/**
 * Whether the setting `egress` may let pods connect to the Kubernetes API: to a whole range of addresses, on one of its ports.
 * A single address is taken for what its setting says that it is.
 */
export function mayReachApiServer(egress: Settings["egress"]): boolean {
  return egress.some(
    ({ cidr, ports = apiServerPorts }) =>
      cidr !== undefined && !/\/(?:32|128)$/.test(cidr) && ports.some((port) => apiServerPorts.includes(port)),
  );
}
