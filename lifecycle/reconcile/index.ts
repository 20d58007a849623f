export type { Outcome } from "./carry-out";
export type { Plan, Row } from "./plan";
export { reconcile, type Updated } from "./reconcile";
