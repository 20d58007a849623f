import { previewAuthority } from "./access/pki";

export { isCurrent, startDaemon, stopDaemon, waitUntil, type Daemon } from "./programs/daemon";
export { loopbackAddress } from "./programs/forwarder";
export { kubeconfig } from "./access/kubeconfig";
export { kubernetesServiceAddress, nodeAddress, traefikServiceAddress } from "./layout";
export { assertPortIsFree } from "./host/network";
export { startNode, type NodeOptions } from "./start-node";
export { nodeStatus } from "./node-status";
export { stopNode } from "./stop-node";

/** The local CA (PEM) that signs for the previews' hosts, and can't sign for any other domain. */
export const caCertificate = previewAuthority.certificate;
