import type { PullRequest } from "../../clients/code-host";

/** The code host's answer about one pull request. `no answer` covers every failure. */
export type Answer = PullRequest | "not found" | "no answer";
