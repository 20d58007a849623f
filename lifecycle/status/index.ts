export * from "../../cli/output/duration";
export * from "./gather-seen";
export * from "./status-of";
export * from "./pods";
export * from "../../cli/output/status-table";
