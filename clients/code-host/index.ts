export { codeHost, type CodeHostAccess, codeHostKinds, tokenVariables } from "./factory";
export type { CodeHost, PullRequest } from "./interface";
