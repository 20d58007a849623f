import { join } from "node:path";
import { run, systemPath } from "../host/command";
import { networkNamespace, podCidr } from "../layout";

const folder = join(__dirname, "firewall");

/** Makes kube-router find our `iptables-restore`, so that its rules and those for unknown pods change together. */
export const firewallEnvironment = { PATH: `${folder}:${systemPath}`, POD_CIDR: podCidr };
export const firewallFiles = ["iptables-restore", "known-pods.awk"].map((name) => join(folder, name));

/**
 * Rejects new connections from and to pods that kube-router has no rules for yet: pods start isolated, as Kubernetes expects of
 * a network plugin (https://kubernetes.io/docs/concepts/services-networking/network-policies/#pod-lifecycle).
 */
export async function isolateUnknownPods(): Promise<void> {
  // Creates the table, which a new network doesn't have yet.
  await run(...inNode("iptables", "--wait", "-P", "FORWARD", "ACCEPT"));
  const rules = await run(...inNode("iptables-save", "-t", "filter"));
  await run(...inNode(join(folder, "iptables-restore"), "--wait", "-T", "filter"), {
    input: `${rules}\n`,
    env: firewallEnvironment,
  });
}

const inNode = (...command: string[]): [string, string[]] => ["nsenter", [`--net=${networkNamespace}`, ...command]];
