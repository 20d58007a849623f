import { join } from "node:path";
import type { Daemon } from "./daemon";
import { componentKubeconfig } from "../access/kubeconfig";
import { apiServerPort, etcdDir, nodeAddress, nodeDir, podCidr, serviceCidr } from "../layout";
import { clusterAuthority, leaf, serviceAccountKey, serviceAccountPublicKey } from "../access/pki";

const etcdUrl = "http://127.0.0.1:2379";

export function etcd(nodeBin: string): Daemon {
  return {
    name: "etcd",
    command: [
      join(nodeBin, "etcd"),
      `--data-dir=${etcdDir}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      "--listen-peer-urls=http://127.0.0.1:2380",
      // A disposable cluster needs no durability against a power failure.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
  };
}

export function apiServer(nodeBin: string): Daemon {
  const serving = leaf("kube-apiserver");
  const kubeletClient = leaf("kube-apiserver-kubelet-client");
  return {
    name: "kube-apiserver",
    command: [
      join(nodeBin, "kube-apiserver"),
      `--etcd-servers=${etcdUrl}`,
      `--advertise-address=${nodeAddress}`,
      `--bind-address=${nodeAddress}`,
      `--secure-port=${apiServerPort}`,
      `--service-cluster-ip-range=${serviceCidr}`,
      `--client-ca-file=${clusterAuthority.certificate}`,
      `--tls-cert-file=${serving.certificate}`,
      `--tls-private-key-file=${serving.key}`,
      `--kubelet-client-certificate=${kubeletClient.certificate}`,
      `--kubelet-client-key=${kubeletClient.key}`,
      `--kubelet-certificate-authority=${clusterAuthority.certificate}`,
      // Otherwise exec and logs would resolve the node's name by DNS.
      "--kubelet-preferred-address-types=InternalIP",
      `--service-account-key-file=${serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      // There is no API aggregation, and no certificate has this name. But without a CA for request headers, the controller
      // manager and the scheduler log an error every minute.
      `--requestheader-client-ca-file=${clusterAuthority.certificate}`,
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    ],
    files: [clusterAuthority.certificate, serving.certificate, kubeletClient.certificate, serviceAccountKey],
  };
}

export function controllerManager(nodeBin: string): Daemon {
  const kubeconfig = componentKubeconfig("kube-controller-manager");
  return {
    name: "kube-controller-manager",
    command: [
      join(nodeBin, "kube-controller-manager"),
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--service-account-private-key-file=${serviceAccountKey}`,
      `--root-ca-file=${clusterAuthority.certificate}`,
      "--use-service-account-credentials=true",
      "--leader-elect=false",
      `--flex-volume-plugin-dir=${join(nodeDir, "volume-plugins")}`,
      "--allocate-node-cidrs=true",
      `--cluster-cidr=${podCidr}`,
      "--node-cidr-mask-size=24",
      // The default of 20 requests a second would slow down the deletion of a namespace.
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    files: [kubeconfig, serviceAccountKey, clusterAuthority.certificate],
  };
}

export function scheduler(nodeBin: string): Daemon {
  const kubeconfig = componentKubeconfig("kube-scheduler");
  return {
    name: "kube-scheduler",
    command: [
      join(nodeBin, "kube-scheduler"),
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      "--leader-elect=false",
    ],
    files: [kubeconfig],
  };
}
