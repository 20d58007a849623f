import type { ServerClock } from "./server-clock";

/** A pull request as the code host has it now. */
export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly headSha: string;
  /** When anything about it changed last, a push or a comment, by the code host's clock. */
  readonly updatedAt: Date;
  /** Its commits come from another repository, or from one that is gone. */
  readonly fork: boolean;
  readonly labels: readonly string[];
  /** Its page. */
  readonly url: string;
}

/** What the lifecycle asks of the host of the pull requests. Every method throws a UserError with cause and next step. */
export interface CodeHost {
  /** `owner/name` */
  readonly repository: string;
  /** Undefined where the code host says that there is no such pull request, which doesn't mean that it is closed. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /**
   * The open pull requests. A list can be short without anybody noticing, so one that isn't in it may still be open:
   * only `pullRequest` tells.
   */
  openPullRequests(): Promise<PullRequest[]>;
  /**
   * True only where the code host says that a workflow's run has ended.
   *
   * @param run `<id>` for all attempts of a run, `<id>/<attempt>` for one of them.
   */
  runEnded(run: string): Promise<boolean>;
  /** True only where somebody has approved a workflow's run, as an environment with reviewers asks for. */
  runApproved(run: string): Promise<boolean>;
  /** Makes the one comment that the lifecycle keeps on a pull request, or replaces its text (Markdown). */
  setComment(number: number, body: string): Promise<void>;
  /** What the time is by the code host's clock; undefined before its first answer. */
  now(): Date | undefined;
}

/** How a kind of code host is found and opened; `factory.ts` lists them all. */
export interface CodeHostKind {
  /** The variables that say with which token and where it is asked. */
  readonly variables: { readonly token: string; readonly url: string };
  /** Where it is asked unless the variable says otherwise, and an example of what the variable says. */
  readonly url: string;
  readonly ownUrl: string;
  /** Its own rule for repositories, so that none can lead to another path. */
  readonly repository: RegExp;
  open(repository: string, options: OpenOptions, clock: ServerClock): CodeHost;
}

export interface OpenOptions {
  readonly token: string;
  /** `https://api.github.com` */
  readonly baseUrl: string;
  /** Called on failed tries and on waits. */
  readonly report: (message: string) => void;
  /** How long one answer may take. @default 20000 */
  readonly timeoutMs?: number;
  /** Milliseconds in a second of waiting between two tries. Tests have less time. @default 1000 */
  readonly second?: number;
}
