import { join } from "node:path";
import { stringify } from "yaml";
import { cgroupRoot } from "../host/cgroup";
import type { Daemon } from "./daemon";
import { writeIfChanged } from "../host/files";
import { componentKubeconfig } from "../access/kubeconfig";
import {
  clusterDnsAddress,
  configDir,
  containerdSocket,
  kubeletDir,
  nodeAddress,
  nodeDir,
  nodeName,
  podLogsDir,
} from "../layout";
import { clusterAuthority, leaf } from "../access/pki";

const configFile = join(configDir, "kubelet.yaml");

export async function writeKubeletConfig(): Promise<void> {
  const serving = leaf("kubelet");
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: clusterAuthority.certificate },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    address: nodeAddress,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    podLogsDir,
    volumePluginDir: join(nodeDir, "volume-plugins"),
    clusterDNS: [clusterDnsAddress],
    clusterDomain: "cluster.local",
    // The host's DNS is useless in a network without access to the outside.
    resolvConf: "",
    cgroupDriver: "cgroupfs",
    cgroupRoot,
    failSwapOn: false,
    maxPods: 250,
    // All images but some tests' are imported, not pulled, so none may be garbage-collected.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "512Mi", "imagefs.available": "512Mi" },
  };
  await writeIfChanged(configFile, stringify(config));
}

export function kubelet(nodeBin: string): Daemon {
  const kubeconfig = componentKubeconfig("kubelet");
  return {
    name: "kubelet",
    command: [
      join(nodeBin, "kubelet"),
      `--config=${configFile}`,
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${nodeAddress}`,
      `--root-dir=${kubeletDir}`,
      `--cert-dir=${join(kubeletDir, "pki")}`,
    ],
    files: [configFile, kubeconfig, leaf("kubelet").certificate],
  };
}
