export { parseSettings, type Settings } from "../contract";
export { stackSettings } from "./configuration";
export { type Existing, preflight } from "./preflight";
export { PreviewStack, type PreviewStackArgs } from "./preview-stack";
export { withoutStackTrace } from "./run-error";
export type { Transform } from "./workload";
