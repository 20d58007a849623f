export * from "./carry-out";
export * from "./found";
export * from "./gather";
export * from "./plan";
export * from "./reconcile";
export * from "./report";
