import { previewAuthority } from "./pki";

export { isCurrent, startDaemon, stopDaemon, waitUntil, type Daemon } from "./daemon";
export { loopbackAddress } from "./forwarder";
export { kubeconfig } from "./kubeconfig";
export { nodeAddress } from "./layout";
export { assertPortIsFree } from "./network";
export { startNode, type NodeOptions } from "./start";
export { nodeStatus } from "./status";
export { stopNode } from "./stop";

/** The local CA (PEM) that signs for the previews' hosts, and can't sign for any other domain. */
export const caCertificate = previewAuthority.certificate;
