export { codeHost, type CodeHostAccess, codeHostKinds, otherCodeHost, tokenVariables } from "./factory";
export type { CodeHost, FileContent, PullRequest } from "./interface";
export { RunCodeHosts } from "./run-code-hosts";
