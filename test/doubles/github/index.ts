export * as faults from "./faults";
export { shaOf, type StandInRepository } from "./repository";
export { GitHubStandIn } from "./server";
