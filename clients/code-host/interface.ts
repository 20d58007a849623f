import type { ServerClock } from "./server-clock";

/** A pull request as the code host has it now. */
export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly headSha: string;
  /** When anything about it last changed, such as a push or a comment, by the code host's clock. */
  readonly updatedAt: Date;
  /** Whether its commits come from another repository, or from one that is gone. */
  readonly fork: boolean;
  readonly labels: readonly string[];
  /** Its page. */
  readonly url: string;
}

/** Where the pull requests live. Every method throws a UserError with the cause and the next step. */
export interface CodeHost {
  /** `owner/name` */
  readonly repository: string;
  /** Undefined if the code host has no such pull request, which doesn't prove that it is closed. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /**
   * The open pull requests. A list may be incomplete without any sign of it, so one that is missing may still be open: only
   * `pullRequest` can tell.
   */
  openPullRequests(): Promise<PullRequest[]>;
  /**
   * Whether a workflow run has ended; false if that is unknown.
   *
   * @param run `<id>` for all attempts of a run, `<id>/<attempt>` for one of them.
   */
  runEnded(run: string): Promise<boolean>;
  /** Whether somebody has approved a workflow run, as an environment with required reviewers demands. */
  runApproved(run: string): Promise<boolean>;
  /** Creates or replaces this tool's comment on a pull request, in Markdown. There is only one. */
  setComment(number: number, body: string): Promise<void>;
  /** The time by the code host's clock; undefined before its first answer. */
  now(): Date | undefined;
}

/** A kind of code host; `factory.ts` lists them all. */
export interface CodeHostKind {
  /** The environment variables with its token and URL. */
  readonly variables: { readonly token: string; readonly url: string };
  /** The default URL. */
  readonly url: string;
  /** An example of a self-hosted one, for messages. */
  readonly ownUrl: string;
  /** What a repository's name may be, so that none can lead to another path. */
  readonly repository: RegExp;
  open(repository: string, options: OpenOptions, clock: ServerClock): CodeHost;
}

export interface OpenOptions {
  readonly token: string;
  /** `https://api.github.com` */
  readonly baseUrl: string;
  /** Called on failed attempts and waits. */
  readonly report: (message: string) => void;
  /** How long one answer may take, in milliseconds. @default 20000 */
  readonly timeoutMs?: number;
  /** Milliseconds in a second of waiting between retries; shorter in tests. @default 1000 */
  readonly second?: number;
}
