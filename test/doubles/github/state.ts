export interface StandInPullRequest {
  readonly number: number;
  state: "open" | "closed";
  merged: boolean;
  headSha: string;
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
  /** The attempts' states, the latest last. */
  attempts: ("queued" | "in_progress" | "completed")[];
  /** What the reviewers of the run's environments have decided. */
  approvals?: ("approved" | "rejected")[];
}

export interface StandInToken {
  readonly login: string;
  /** As GitHub names them: `pull_requests=read`; write includes read. */
  readonly permissions: readonly string[];
}

/** What the stand-in knows. Tests change it directly. */
export class GitHubState {
  readonly repository: string;
  readonly pullRequests = new Map<number, StandInPullRequest>();
  readonly comments: StandInComment[] = [];
  readonly runs = new Map<number, StandInRun>();
  readonly tokens = new Map<string, StandInToken>();
  /** Milliseconds that the server's clock is ahead. */
  clockSkew = 0;
  /** `reset` is in seconds since 1970, by the server's clock. */
  rateLimit = { limit: 5000, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };

  constructor(repository: string) {
    this.repository = repository;
    const permissions = ["pull_requests=write", "actions=read"];
    this.tokens.set("a-token", { login: "github-actions[bot]", permissions });
  }

  /** Opens a pull request, or opens it again. */
  open(number: number, more: Partial<Omit<StandInPullRequest, "number" | "state">> = {}): StandInPullRequest {
    const headSha = shaOf(`${number}.1`);
    const before = this.pullRequests.get(number);
    const fresh = { headSha, updatedAt: this.now(), merged: false, fork: false, labels: [], ...before, ...more };
    const pullRequest: StandInPullRequest = { ...fresh, number, state: "open" };
    this.pullRequests.set(number, pullRequest);
    return pullRequest;
  }

  /** Another commit becomes the head. */
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

/** Forty hexadecimal digits that stand for a text. */
export function shaOf(text: string): string {
  return Buffer.from(text).toString("hex").padEnd(40, "0").slice(0, 40);
}
