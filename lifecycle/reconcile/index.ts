export * from "./carry-out";
export * from "../inventory/found";
export * from "../inventory/gather";
export * from "./plan";
export * from "./reconcile";
export * from "../../cli/output/plan-table";
