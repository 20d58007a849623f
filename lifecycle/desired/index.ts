export * from "./compose";
export { withStackFile } from "./hand-over";
export * from "./sources";
export * from "./stack-file";
