import { setTimeout as sleep } from "node:timers/promises";
import { isApiServerReady, isNodeReady } from "./access/api-server";
import { createCgroups, hasCgroups } from "./host/cgroup";
import { isAlive, isCurrent, killStrayDaemons, stopDaemon, type Daemon } from "./programs/daemon";
import { isolateUnknownPods } from "./programs/firewall";
import { loopbackAddress } from "./programs/forwarder";
import { assertHostIsFit, assertNetfilterWorks } from "./host/requirements";
import { saveSysctls } from "./host/sysctls";
import { assertPortIsFree, createNetwork, isNetworkUp, removeNetwork } from "./host/network";
import { agents, controlPlane, stopControlPlane, stopProcesses } from "./stop-node";
import { removeShimSockets } from "./host/traces";

/** Prepares the machine for the daemons to start. Does nothing if the node already runs as it should. */
export async function prepareHost(
  daemons: readonly Daemon[],
  port: number,
  report: (message: string) => void,
): Promise<void> {
  const networkUp = await isNetworkUp();
  if (networkUp && hasCgroups() && daemons.every(isCurrent)) {
    if (await answers()) return;
    report("the node is running but doesn't respond: restarting it");
    await stopProcesses();
  }
  await assertHostIsFit();
  if (hasCgroups()) await killStrayDaemons();
  // Checked first, so that a port in use doesn't affect the rest of the node.
  if (!networkUp || !daemons.some((daemon) => daemon.name === "forwarder" && isCurrent(daemon))) {
    await stopDaemon("forwarder");
    await assertPortIsFree(loopbackAddress, port, "choose another with npm start -- --port N");
  }
  if (networkUp) {
    await stopOutdated(daemons);
  } else {
    // Processes still running are in a network that nothing else can reach.
    await stopProcesses();
    await removeNetwork();
    await createNetwork();
    await assertNetfilterWorks();
  }
  await isolateUnknownPods();
  await removeShimSockets();
  await createCgroups();
  await saveSysctls();
}

async function answers(): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const [api, node] = await Promise.allSettled([isApiServerReady(), isNodeReady()]);
    if (api.status === "fulfilled" && api.value && node.status === "fulfilled" && node.value) return true;
    await sleep(200);
  }
  return false;
}

/** Stops, in order, daemons that are to run in another version; the control plane only as a whole. */
async function stopOutdated(daemons: readonly Daemon[]): Promise<void> {
  const outdated = daemons.filter((daemon) => isAlive(daemon.name) && !isCurrent(daemon)).map(({ name }) => name);
  await Promise.all(outdated.filter((name) => agents.includes(name)).map((name) => stopDaemon(name)));
  if (outdated.some((name) => controlPlane.includes(name))) await stopControlPlane();
}
