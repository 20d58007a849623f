export { codeHost, type CodeHostAccess } from "./factory";
export type { CodeHost, PullRequest } from "./interface";
