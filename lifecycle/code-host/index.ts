export * from "./code-host";
export { runReference } from "./github-runs";
