import { readdir, readFile, rmdir } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { UserError } from "../../../contract";
import { run, succeeds } from "./command";
import { clusterName, hostAddress, networkNamespace, nodeAddress, serviceCidr, vethSubnet } from "../layout";

const namespacesDir = dirname(networkNamespace);
const prefixLength = vethSubnet.slice(vethSubnet.indexOf("/"));

/** Whether the node's network namespace exists, with its veth pair. */
export async function isNetworkUp(): Promise<boolean> {
  const [mounts, addresses] = await Promise.all([
    readFile("/proc/self/mountinfo", "utf8"),
    run("ip", ["-o", "-4", "addr", "show", "dev", clusterName, "up"]).catch(() => ""),
  ]);
  return mounts.includes(` ${networkNamespace} `) && addresses.includes(`${hostAddress}${prefixLength}`);
}

/**
 * Creates the network namespace and a veth pair to the host. The namespace has routes only to the host, pods and Services:
 * what a pod sends elsewhere is refused at once instead of timing out.
 * @throws UserError if the pair's subnet is in use on this machine
 */
export async function createNetwork(): Promise<void> {
  await assertSubnetIsFree();
  await run("ip", ["netns", "add", clusterName]);
  await run("ip", ["link", "add", clusterName, "type", "veth", "peer", "name", "eth0", "netns", clusterName]);
  await run("ip", ["addr", "add", `${hostAddress}${prefixLength}`, "dev", clusterName]);
  await run("ip", ["link", "set", clusterName, "up"]);
  await inNode("ip", "addr", "add", `${nodeAddress}${prefixLength}`, "dev", "eth0");
  await inNode("ip", "link", "set", "lo", "up");
  await inNode("ip", "link", "set", "eth0", "up");
  // The node's processes choose a source address by this route; iptables then redirects the packet.
  await inNode("ip", "route", "add", serviceCidr, "via", hostAddress);
  await inNode("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1");
  // The host must not forward packets from the node, even if forwarding is on (Docker enables it). And it drops what pods send
  // to it, since it has no route to their addresses.
  const host = `net.ipv4.conf.${clusterName}`;
  await run("sysctl", ["-qw", `${host}.forwarding=0`, `${host}.rp_filter=1`]);
}

async function inNode(...command: [string, ...string[]]): Promise<string> {
  return run("nsenter", [`--net=${networkNamespace}`, ...command]);
}

async function assertSubnetIsFree(): Promise<void> {
  const inside = await run("ip", ["-o", "-4", "route", "show", "table", "all", "root", vethSubnet]);
  const around = await run("ip", ["-o", "-4", "route", "show", "table", "main", "match", vethSubnet]);
  // Our route takes precedence over a wider one, such as a VPN's; but an interface's own network has hosts with these addresses.
  const neighbours = around.split("\n").filter((route) => route.includes("proto kernel"));
  const taken = [...inside.split("\n"), ...neighbours].find(
    (route) => route.trim() !== "" && !route.includes(`dev ${clusterName} `),
  );
  if (taken) {
    throw new UserError(
      `the node's subnet ${vethSubnet} is in use on this machine (route "${taken.trim()}"): ` +
        `remove that network, or change vethSubnet, hostAddress and nodeAddress in embedded/cluster/layout.ts`,
    );
  }
}

/** Removes the veth pair and the network namespace, with its interfaces, iptables rules and ipsets. */
export async function removeNetwork(): Promise<void> {
  if (await succeeds("ip", ["link", "show", clusterName])) await run("ip", ["link", "del", clusterName]);
  const namespaces = await run("ip", ["netns", "list"]).catch(() => "");
  if (namespaces.split("\n").some((line) => line.split(" ")[0] === clusterName)) {
    await run("ip", ["netns", "del", clusterName]);
  }
  // iproute2 bind-mounts the folder of namespaces onto itself for the first one, and leaves the mount after the last.
  if ((await readdir(namespacesDir).catch(() => ["none"])).length === 0) {
    await succeeds("umount", [namespacesDir]);
    await rmdir(namespacesDir).catch(() => undefined);
  }
}

/**
 * @param remedy what to do if it isn't
 * @throws UserError that names the port if another program listens on it
 */
export async function assertPortIsFree(address: string, port: number, remedy: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is in use by another program" : `can't be used (${error.message})`;
      reject(new UserError(`port ${port} on ${address} ${reason}: ${remedy}`));
    });
    server.listen(port, address, () => server.close(() => resolve()));
  });
}
