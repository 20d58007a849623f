import { join } from "node:path";
import type { Daemon } from "./daemon";
import { firewallEnvironment, firewallFiles } from "./firewall";
import { componentKubeconfig } from "../access/kubeconfig";
import { nodeAddress, nodeName, podCidr, serviceCidr } from "../layout";

/** Routes the addresses of Services to pods. */
export function kubeProxy(nodeBin: string): Daemon {
  const kubeconfig = componentKubeconfig("kube-proxy");
  return {
    name: "kube-proxy",
    command: [
      join(nodeBin, "kube-proxy"),
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${nodeName}`,
      "--proxy-mode=iptables",
      `--cluster-cidr=${podCidr}`,
      `--bind-address=${nodeAddress}`,
      "--healthz-bind-address=127.0.0.1:10256",
      "--metrics-bind-address=127.0.0.1:10249",
      // Leaves conntrack's limit alone, since it applies to the whole machine.
      "--conntrack-max-per-core=0",
    ],
    files: [kubeconfig],
  };
}

/** kube-router's firewall only: enforces NetworkPolicies, and pods start isolated. */
export function kubeRouter(nodeBin: string): Daemon {
  const kubeconfig = componentKubeconfig("kube-router");
  return {
    name: "kube-router",
    command: [
      "env",
      ...Object.entries(firewallEnvironment).map(([name, value]) => `${name}=${value}`),
      join(nodeBin, "kube-router"),
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${nodeName}`,
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      "--run-loadbalancer=false",
      `--service-cluster-ip-range=${serviceCidr}`,
      "--metrics-port=0",
    ],
    files: [kubeconfig, ...firewallFiles],
  };
}
