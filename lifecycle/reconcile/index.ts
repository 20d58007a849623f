export type { Outcome } from "./carry-out";
export { carryOut } from "./carry-out";
export * from "./plan";
export * from "./reconcile";
