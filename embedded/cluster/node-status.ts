import { getDeployment, isApiServerReady, isAvailable, isNodeReady } from "./access/api-server";
import { nodeProcesses } from "./host/cgroup";
import { isAlive } from "./programs/daemon";
import { isNetworkUp } from "./host/network";
import { agents, controlPlane } from "./stop-node";

/** The Deployments that a complete node has. */
const systemDeployments = [
  ["kube-system", "coredns"],
  ["local-path-storage", "local-path-provisioner"],
  ["traefik", "traefik"],
] as const;

/**
 * `running`: complete and responding. `degraded`: incomplete; `startNode` repairs it, `stopNode` removes it. `stopped`: nothing
 * is left of it.
 */
export async function nodeStatus(): Promise<"running" | "stopped" | "degraded"> {
  const [processes, networkUp] = await Promise.all([nodeProcesses(), isNetworkUp()]);
  if (processes.length === 0 && !networkUp) return "stopped";
  if (!networkUp || ![...agents, ...controlPlane, "containerd"].every(isAlive)) return "degraded";
  const deployments = systemDeployments.map(async ([namespace, name]) => {
    const deployment = await getDeployment(namespace, name);
    return deployment !== undefined && isAvailable(deployment);
  });
  const checks = await Promise.all([isApiServerReady(), isNodeReady(), ...deployments]).catch(() => [false]);
  return checks.every(Boolean) ? "running" : "degraded";
}
