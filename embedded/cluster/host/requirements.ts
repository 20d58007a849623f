import { existsSync } from "node:fs";
import { mkdir, readFile, statfs } from "node:fs/promises";
import { UserError } from "../../../contract";
import { stateDir } from "../../paths";
import { succeeds } from "./command";
import { networkNamespace } from "../layout";

const gibibyte = 2 ** 30;
/** For the system's images, for what etcd and previews write, and some reserve. */
const neededSpace = 3 * gibibyte;

const neededPrograms = [
  "containerd",
  "ctr",
  "runc",
  "ip",
  "nsenter",
  "iptables",
  "awk",
  "ipset",
  "conntrack",
  "socat",
  "openssl",
];

/**
 * Checks that this machine can run the node, before anything is created.
 * @throws UserError that names everything missing
 */
export async function assertHostIsFit(): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const { bavail, bsize } = await statfs(stateDir);
  const problems = [
    bavail * bsize < neededSpace &&
      `${stateDir} has ${((bavail * bsize) / gibibyte).toFixed(1)} GiB of free space, the node needs ${neededSpace / gibibyte} GiB`,
    !(await hasKernelFeature("overlay", async () => /\boverlay$/m.test(await readFile("/proc/filesystems", "utf8")))) &&
      "the kernel has no overlay filesystem (module overlay)",
    !(await hasKernelFeature("br_netfilter", () => Promise.resolve(existsSync("/proc/sys/net/bridge")))) &&
      "the kernel can't filter bridged packets (module br_netfilter)",
    !existsSync("/usr/lib/cni/bridge") && "the CNI plugins aren't installed (package containernetworking-plugins)",
  ].filter((problem) => problem !== false);
  for (const program of neededPrograms) {
    if (!(await succeeds("sh", ["-c", 'command -v "$0"', program]))) problems.push(`${program} isn't installed`);
  }
  if (problems.length > 0) throw new UserError(`the node can't run on this machine: ${problems.join("; ")}`);
}

async function hasKernelFeature(module: string, check: () => Promise<boolean>): Promise<boolean> {
  if (await check()) return true;
  await succeeds("modprobe", [module]);
  return check();
}

/**
 * Checks the kernel features that can only be tested in the node's network namespace.
 * @throws UserError that names the missing features
 */
export async function assertNetfilterWorks(): Promise<void> {
  const inNode = [`--net=${networkNamespace}`];
  const problems: string[] = [];
  const probes: [command: string[], feature: string][] = [
    [["iptables", "-t", "nat", "-L", "-n"], "NAT by iptables, for Services"],
    [["iptables", "-t", "filter", "-L", "-n"], "filtering by iptables, for NetworkPolicies"],
    [["ipset", "list", "-n"], "IP sets, for NetworkPolicies"],
  ];
  for (const [command, feature] of probes) {
    if (!(await succeeds("nsenter", [...inNode, ...command]))) problems.push(`${feature} (${command.join(" ")})`);
  }
  if (problems.length > 0) throw new UserError(`the kernel lacks what the node needs: ${problems.join("; ")}`);
}
