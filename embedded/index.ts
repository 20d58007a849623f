/**
 * The embedded default as the tests and the benchmarks use it; they import nothing else of it. Importing does nothing: it
 * is there after {@link ensureEmbeddedDefault}, or after `npm start`.
 */

/** The checkout that this is part of. */
export { checkout } from "./paths";

/** All of it, and whose turn it is to use it. */
export { type EmbeddedDefault, ensureEmbeddedDefault } from "./embedded-default";
export { openLog } from "./log";
export { exclusively } from "./machine-lock";

/** The node. */
export {
  kubernetesServiceAddress,
  nodeAddress,
  nodeStatus,
  startNode,
  stopDaemon,
  stopNode,
  traefikServiceAddress,
} from "./cluster";
export { nodePort } from "./port";

/** What a preview on it is made from. */
export { ensureImage, type ProductImages } from "./images";
export { domain, embeddedSettings, product } from "./preview-settings";

/** How such a preview is reached, by a client or by a browser. */
export { caCertificate, loopbackAddress } from "./cluster";
export { embeddedDispatcher } from "./dispatcher";

/** The programs that it is built from. */
export { cloudflareProgram } from "./plugins";
export { ensureModule, versions } from "./toolchain";

/** For the compose suite: a podman of its own. */
export { Podman } from "./compose";

/** How `npm test` runs its suites. */
export { filesIn } from "./testing/suites";
export type { Timing } from "./testing/times";
