export interface StandInPullRequest {
  readonly number: number;
  state: "open" | "closed";
  merged: boolean;
  headSha: string;
  /** The branch that it is to be merged into. */
  branch: string;
  /** Once merged, the commit that it ended in on `branch`. */
  mergeCommit: string;
  body: string | null;
  updatedAt: Date;
  /** `gone`: a fork that was deleted. */
  fork: boolean | "gone";
  labels: string[];
}

export interface StandInComment {
  readonly id: number;
  readonly issue: number;
  readonly login: string;
  body: string;
}

export interface StandInRun {
  readonly id: number;
  /** The states of the attempts, latest last. */
  attempts: ("queued" | "in_progress" | "completed")[];
  /** The decisions of the reviewers of the run's environments. */
  approvals?: ("approved" | "rejected")[];
}

export interface StandInToken {
  readonly login: string;
  /** Named as by GitHub, such as `pull_requests=read`; write includes read. */
  readonly permissions: readonly string[];
}

/** The stand-in's data. Tests change it directly. */
export class GitHubState {
  readonly repository: string;
  readonly pullRequests = new Map<number, StandInPullRequest>();
  readonly comments: StandInComment[] = [];
  readonly runs = new Map<number, StandInRun>();
  readonly tokens = new Map<string, StandInToken>();
  /** Milliseconds by which the server's clock is ahead. */
  clockSkew = 0;
  /** `reset` is in seconds since 1970, by the server's clock. */
  rateLimit = { limit: 5000, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };

  constructor(repository: string) {
    this.repository = repository;
    const permissions = ["pull_requests=write", "actions=read"];
    this.tokens.set("a-token", { login: "github-actions[bot]", permissions });
  }

  /** Opens or reopens a pull request. */
  open(number: number, more: Partial<Omit<StandInPullRequest, "number" | "state">> = {}): StandInPullRequest {
    const pullRequest: StandInPullRequest = {
      headSha: shaOf(`${number}.1`),
      branch: "main",
      mergeCommit: shaOf(`${number}.merged`),
      body: null,
      updatedAt: this.now(),
      merged: false,
      fork: false,
      labels: [],
      ...this.pullRequests.get(number),
      ...more,
      number,
      state: "open",
    };
    this.pullRequests.set(number, pullRequest);
    return pullRequest;
  }

  /** Makes another commit the head. */
  push(number: number, sha: string): void {
    Object.assign(this.pullRequests.get(number)!, { headSha: sha, updatedAt: this.now() });
  }

  close(number: number, { merged = false } = {}): void {
    Object.assign(this.pullRequests.get(number)!, { state: "closed", merged });
  }

  now(): Date {
    return new Date(Date.now() + this.clockSkew);
  }
}

/** Forty hexadecimal digits derived from a text. */
export function shaOf(text: string): string {
  return Buffer.from(text).toString("hex").padEnd(40, "0").slice(0, 40);
}
