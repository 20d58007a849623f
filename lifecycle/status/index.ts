export * from "./duration";
export * from "./gather";
export * from "./judge";
export * from "./pods";
export * from "./report";
