export * from "./code-host";
export { runPage, runReference } from "./github/runs";
