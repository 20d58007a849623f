export * as faults from "./faults";
export { GitHubStandIn } from "./server";
export { shaOf } from "./state";
