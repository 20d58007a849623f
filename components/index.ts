export { parseSettings, partList, type Settings } from "../contract";
export { stackConfiguration, stackSettings } from "./program/configuration";
export { keepCopy } from "./program/keep-copy";
export { type Existing, preflight } from "./program/preflight";
export { PreviewStack, type PreviewStackArgs } from "./preview-stack";
export { deployedRecord, deploymentRecord, onceReady, refuseOutdated } from "./program/record";
export { withoutStackTrace } from "./program/run-error";
export type { Transform } from "./pod";
