export * from "./compose";
export { withStackFile } from "../../clients/pulumi/configuration/hand-over";
export * from "./sources";
export * from "../../clients/pulumi/configuration/stack-file";
