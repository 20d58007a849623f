/**
 * The embedded default's interface for tests and benchmarks, which import nothing else of it. Importing it has no effect; run
 * {@link ensureEmbeddedDefault} or `npm start` to start it.
 */

/** The checkout that this file belongs to. */
export { checkout } from "./paths";

/** Starting it, and exclusive use of it. */
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

/** How clients and browsers reach such a preview. */
export { caCertificate, loopbackAddress } from "./cluster";
export { embeddedDispatcher } from "./dispatcher";

/** A registry that the node pulls from. */
export { TestRegistry } from "./registry";

/** Its programs. */
export { cloudflareProgram } from "./plugins";
export { ensureModule, versions } from "./toolchain";

/** For the compose suite: an isolated podman. */
export { Podman } from "./compose";

/** How `npm test` runs its suites. */
export { filesIn } from "./testing/suites";
export type { Timing } from "./testing/times";
