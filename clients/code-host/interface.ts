import type { UserError } from "../../contract";
import type { ServerClock } from "./server-clock";

/** A pull request as the code host has it now. */
export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly headSha: string;
  /** The branch that it is to be merged into. */
  readonly branch: string;
  /** The commit on `branch` that its merge, squash or rebase ended in; undefined unless it is merged. */
  readonly mergeCommit?: string;
  /** Its description, which its author can change at any time; empty if there is none. */
  readonly body: string;
  /** When anything about it last changed, such as a push or a comment, by the code host's clock. */
  readonly updatedAt: Date;
  /** Whether its commits come from another repository, or from one that is gone. */
  readonly fork: boolean;
  readonly labels: readonly string[];
  /** Its page. */
  readonly url: string;
}

/** A file's text, or why it has none: a directory or a submodule is no file, and text is UTF-8. */
export type FileContent = { readonly text: string } | { readonly problem: "too large" | "not a file" | "not text" };

/**
 * Where the pull requests live. Every method throws a UserError with the cause and the next step, also for a commit, a branch or
 * a tag whose name can't be one.
 *
 * A repository that the token can't see looks like one in which nothing exists; `missing` says so.
 */
export interface CodeHost {
  /** `owner/name` */
  readonly repository: string;
  /** Whether `setComment` is worth trying: a workflow's own token writes to its own repository only, an app's to others. */
  readonly mayComment: boolean;
  /** Undefined if the code host has no such pull request, which doesn't prove that it is closed. */
  pullRequest(number: number): Promise<PullRequest | undefined>;
  /**
   * The open pull requests. A list may be incomplete without any sign of it, so one that is missing may still be open: only
   * `pullRequest` can tell.
   */
  openPullRequests(): Promise<PullRequest[]>;
  /**
   * A file as it is at a commit; undefined if it isn't there. A link is followed if it leads to a file of the same commit.
   *
   * @param path from the repository's root, such as `docs/setup.md`
   * @param maxBytes what is larger is `too large`; at most 1 MB, which is all that the code host gives
   */
  file(path: string, commit: string, maxBytes: number): Promise<FileContent | undefined>;
  /**
   * The first-parent commits among a branch's last 100, newest first: what was its head, without the commits that a merge brought.
   *
   * @throws UserError if there is no such branch
   */
  firstParents(branch: string): Promise<string[]>;
  /** Whether a commit is part of a branch. That the code host knows it proves nothing: it knows those of all forks. */
  isOnBranch(commit: string, branch: string): Promise<boolean>;
  /** Whether a commit is the head of an open pull request of this repository that isn't a fork's. */
  isHeadOfOpenPull(commit: string): Promise<boolean>;
  /** The commit that a tag leads to, annotated or not; undefined if there is no such tag, or if it leads to no commit. */
  tagCommit(tag: string): Promise<string | undefined>;
  /** The newest commit of a branch; undefined if there is no such branch. */
  branchHead(branch: string): Promise<string | undefined>;
  /**
   * The error for something that isn't there as far as this token sees.
   *
   * @param what `pull request 12`
   */
  missing(what: string): UserError;
  /**
   * Whether a workflow run has ended; false if that is unknown.
   *
   * @param run `<id>` for all attempts of a run, `<id>/<attempt>` for one of them.
   */
  runEnded(run: string): Promise<boolean>;
  /** Whether somebody has approved a workflow run, as an environment with required reviewers demands. */
  runApproved(run: string): Promise<boolean>;
  /**
   * Creates or replaces this tool's comment on a pull request, in Markdown. There is only one, and one for each `about`.
   *
   * @param about another repository's pull request, `myorg/web#12` @default the pull request itself
   */
  setComment(number: number, body: string, about?: string): Promise<void>;
  /** The time by the code host's clock; undefined before its first answer. */
  now(): Date | undefined;
}

/** A kind of code host; `factory.ts` lists them all. */
export interface CodeHostKind {
  /** The environment variables with its token, its URL, and the app that reads other repositories. */
  readonly variables: {
    readonly token: string;
    readonly url: string;
    readonly appId: string;
    readonly appPrivateKey: string;
  };
  /** The default URL. */
  readonly url: string;
  /** An example of a self-hosted one, for messages. */
  readonly ownUrl: string;
  /** What a repository's name may be, so that none can lead to another path. */
  readonly repository: RegExp;
  /** The previews' own repository. */
  open(repository: string, options: OpenOptions, clock: ServerClock): CodeHost;
  /** Another repository, read with the app's tokens if there is one, or else with the own token. */
  openOther(repository: string, options: OpenOptions & { readonly app?: App }, clock: ServerClock): CodeHost;
}

/** An app at the code host that may read other repositories. */
export interface App {
  readonly id: string;
  /** In PEM. */
  readonly privateKey: string;
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
