export { parseSettings, type Settings } from "../contract";
export { stackConfiguration, stackSettings } from "./configuration";
export { keepCopy } from "./keep-copy";
export { type Existing, preflight } from "./preflight";
export { PreviewStack, type PreviewStackArgs } from "./preview-stack";
export { deployedRecord, deploymentRecord, onceReady, refuseOutdated } from "./record";
export { withoutStackTrace } from "./run-error";
export type { Transform } from "./pod";
