import { join } from "node:path";
import { runtimeDir, stateDir } from "../paths";

/** The name of the network namespace, the cgroup, the CNI network and the host's end of the veth pair. */
export const clusterName = "preview-stack";
export const nodeName = "preview-stack";
export const networkNamespace = `/run/netns/${clusterName}`;

/** The veth pair between the host and the node's network namespace. */
export const vethSubnet = "10.231.0.0/30";
export const hostAddress = "10.231.0.1";
export const nodeAddress = "10.231.0.2";

export const podCidr = "10.244.0.0/24";
export const serviceCidr = "10.96.0.0/16";
export const kubernetesServiceAddress = "10.96.0.1";
export const clusterDnsAddress = "10.96.0.10";
/** Fixed, since CoreDNS resolves all preview hosts to it. */
export const traefikServiceAddress = "10.96.0.11";

export const apiServerPort = 6443;
export const apiServerUrl = `https://${nodeAddress}:${apiServerPort}`;

/** Every preview's host is one label below this domain. */
export const previewDomain = "previews.localhost";

/** The cluster's data, which `stopNode` deletes. */
export const nodeDir = join(stateDir, "node");
export const etcdDir = join(nodeDir, "etcd");
export const kubeletDir = join(nodeDir, "kubelet");
export const podLogsDir = join(nodeDir, "pod-logs");
export const volumesDir = join(nodeDir, "volumes");
export const configDir = join(nodeDir, "config");

/** Kept by `stopNode`, so that the next start imports no images and needs no new trusted CA. */
export const containerdDir = join(stateDir, "containerd");
export const pkiDir = join(stateDir, "pki");

export const containerdSocket = join(runtimeDir, "containerd.sock");
export const containerdStateDir = join(runtimeDir, "containerd");
export const runcDir = join(runtimeDir, "runc");
export const cniConfigDir = join(configDir, "cni");
/** Address leases of pods. Like the pods, they don't survive a reboot. */
export const cniLeasesDir = join(runtimeDir, "cni");
