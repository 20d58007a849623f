export { parseSettings, type Settings } from "../contract";
export { stackConfiguration, stackSettings } from "./configuration";
export { deployedRecord, refuseOutdated } from "./deployed";
export { deploymentRecord, onceReady } from "./deployment-record";
export { keepCopy } from "./keep-copy";
export { type Existing, preflight } from "./preflight";
export { PreviewStack, type PreviewStackArgs } from "./preview-stack";
export { withoutStackTrace } from "./run-error";
export type { Transform } from "./workload";
