import { rm } from "node:fs/promises";
import { runtimeDir } from "../paths";
import { killContainers, killNodeProcesses, removeCgroups } from "./host/cgroup";
import { removeContainers } from "./programs/containerd";
import { isAlive, stopDaemon } from "./programs/daemon";
import { restoreSysctls } from "./host/sysctls";
import { kubeconfig } from "./access/kubeconfig";
import { containerdDir, nodeDir } from "./layout";
import { unmountBelow } from "./host/mounts";
import { removeNetwork } from "./host/network";
import { removeTraces } from "./host/traces";

export const controlPlane: readonly string[] = ["kube-apiserver", "etcd"];

/** The daemons that depend on the control plane. */
export const agents: readonly string[] = [
  ...["forwarder", "kube-router", "kube-proxy", "kubelet", "kube-scheduler", "kube-controller-manager"],
];

/**
 * Stops the node and deletes its data: the cluster and its volumes are disposable. Keeps the local CA, so that no new one must be
 * trusted, the images, so that the next start imports none, and the logs. Works in any state of the node, even after a failure.
 * @throws Error that names the process, mount or interface that can't be removed
 */
export async function stopNode(report: (message: string) => void): Promise<void> {
  report("stopping the node");
  await stopProcesses();
  await unmountBelow(runtimeDir, nodeDir, containerdDir);
  await removeNetwork();
  await removeCgroups();
  await restoreSysctls();
  await removeTraces();
  await Promise.all([runtimeDir, nodeDir, kubeconfig].map((path) => rm(path, { recursive: true, force: true })));
}

/** Stops daemons and containers, in an order in which none waits for one that is already gone. */
export async function stopProcesses(): Promise<void> {
  await Promise.all(agents.map((name) => stopDaemon(name)));
  // Pods that watch the API would keep the API server from exiting.
  await killContainers();
  await Promise.all([stopControlPlane(), stopContainerd()]);
  await killNodeProcesses();
}

export async function stopControlPlane(): Promise<void> {
  // It would wait for watching clients, such as pods that keep running. All data is safe in etcd.
  await stopDaemon("kube-apiserver", 2_000);
  // After the API server, which hangs for a minute without etcd.
  await stopDaemon("etcd");
}

async function stopContainerd(): Promise<void> {
  // Best effort: containerd's next start removes the rest.
  if (isAlive("containerd")) await removeContainers().catch(() => undefined);
  await stopDaemon("containerd");
}
