import { createHash } from "node:crypto";
import { readdir, readFile, readlink, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { nodeProcesses } from "./cgroup";
import { clusterName, containerdSocket, podLogsDir } from "../layout";

/** System folders in which containerd, its shims and the kubelet write, regardless of their configuration. */
const cniResults = "/var/lib/cni/results";
const shimSockets = "/run/containerd/s";
const containerLogs = "/var/log/containers";
const devicePlugins = "/var/lib/kubelet/device-plugins";

/** Removes what the node has left in system folders, and those folders that nothing else uses. */
export async function removeTraces(): Promise<void> {
  await removeShimSockets();
  for (const sandbox of await sandboxes()) {
    await rm(join(cniResults, `${clusterName}-${sandbox}-eth0`), { force: true });
    await rm(join(cniResults, `cni-loopback-${sandbox}-lo`), { force: true });
  }
  for (const file of await readdir(containerLogs).catch(() => [])) {
    const target = await readlink(join(containerLogs, file)).catch(() => "");
    if (target.startsWith(`${podLogsDir}/`)) await rm(join(containerLogs, file), { force: true });
  }
  const folders = [cniResults, "/var/lib/cni", containerLogs, devicePlugins, "/var/lib/kubelet", shimSockets];
  for (const folder of [...folders, "/run/containerd"]) {
    // Fails, as it should, for a folder that isn't empty.
    await rmdir(folder).catch(() => undefined);
  }
}

/** Removes the sockets of killed shims, which nothing else cleans up. */
export async function removeShimSockets(): Promise<void> {
  const pids = await nodeProcesses();
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  for (const sandbox of await sandboxes()) {
    if (commands.some((command) => command.includes(`\0${sandbox}\0`))) continue;
    // The socket's name is a hash of containerd's socket, the namespace and the pod.
    const name = createHash("sha256")
      .update(join(containerdSocket, "k8s.io", sandbox))
      .digest("hex");
    await rm(join(shimSockets, name), { force: true });
  }
}

/** Ids of the node's pods, including terminated ones, from CNI's records. */
async function sandboxes(): Promise<string[]> {
  const files = await readdir(cniResults).catch(() => []);
  return files.flatMap((file) => new RegExp(`^${clusterName}-(.*)-eth0$`).exec(file)?.[1] ?? []);
}
