import { ancestorsOf, type StandInCommit, type StandInFile } from "./history";

export interface StandInPullRequest {
  readonly number: number;
  state: "open" | "closed";
  merged: boolean;
  headSha: string;
  /** The branch that it is to be merged into. */
  branch: string;
  /** Once merged, the commit that it ended in on `branch`; before that, GitHub's try at merging it. */
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

export interface RepositoryOptions {
  readonly isPrivate?: boolean;
  /** The repository that it is a fork of. Both, and all other forks, answer for each other's commits. */
  readonly forkOf?: StandInRepository;
}

/** A repository's data. Tests change it directly. */
export class StandInRepository {
  readonly pullRequests = new Map<number, StandInPullRequest>();
  readonly comments: StandInComment[] = [];
  readonly runs = new Map<number, StandInRun>();
  /** By their SHA, oldest first; shared with all forks. */
  readonly commits: Map<string, StandInCommit>;
  /** The newest commit of each. */
  readonly branches = new Map<string, string>();
  /** What each leads to in the end, whether it is annotated or not. */
  readonly tags = new Map<string, string>();
  readonly defaultBranch = "main";
  isPrivate: boolean;
  /** Names that lead here since it was renamed. */
  readonly formerNames: string[] = [];

  constructor(
    readonly id: number,
    public fullName: string,
    private readonly now: () => Date,
    { isPrivate = false, forkOf }: RepositoryOptions,
  ) {
    this.isPrivate = isPrivate;
    this.commits = forkOf?.commits ?? new Map<string, StandInCommit>();
  }

  /** Opens or reopens a pull request. Its head becomes a commit on top of its branch's newest, unless it is one already. */
  open(number: number, more: Partial<Omit<StandInPullRequest, "number" | "state">> = {}): StandInPullRequest {
    const pullRequest: StandInPullRequest = {
      headSha: shaOf(`${number}.1`),
      branch: this.defaultBranch,
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
    this.committed(pullRequest.headSha, pullRequest.branch);
    return pullRequest;
  }

  /** Makes another commit the head. */
  push(number: number, sha: string): void {
    const pullRequest = this.pullRequests.get(number)!;
    this.committed(sha, pullRequest.branch);
    Object.assign(pullRequest, { headSha: sha, updatedAt: this.now() });
  }

  /** If it is merged, its `mergeCommit` becomes the newest commit of its branch, as a merge commit. */
  close(number: number, { merged = false } = {}): void {
    const pullRequest = this.pullRequests.get(number)!;
    Object.assign(pullRequest, { state: "closed", merged });
    if (merged) {
      const { branch, mergeCommit, headSha } = pullRequest;
      this.commit(mergeCommit, { branch, parents: [...this.newest(branch), headSha] });
    }
  }

  /**
   * Makes a commit.
   *
   * @param branch becomes this branch's newest commit
   * @param parents the branch's newest commit by default
   * @param files all files at this commit, by their path; those of the first parent by default
   */
  commit(
    sha: string,
    {
      branch,
      parents = branch === undefined ? [] : this.newest(branch),
      files = this.commits.get(parents[0] ?? "")?.files ?? {},
    }: { branch?: string; parents?: string[]; files?: Record<string, StandInFile> } = {},
  ): string {
    this.commits.set(sha, { sha, parents, files });
    if (branch !== undefined) {
      this.branches.set(branch, sha);
    }
    return sha;
  }

  /** The pull requests of a commit, as GitHub defines them: merged ones for what is on the default branch, else open ones. */
  pullRequestsOf(sha: string): StandInPullRequest[] {
    const all = [...this.pullRequests.values()];
    return ancestorsOf(this.commits, this.branches.get(this.defaultBranch) ?? "").has(sha)
      ? all.filter(({ merged, mergeCommit, headSha }) => merged && [mergeCommit, headSha].includes(sha))
      : all.filter(({ state, headSha }) => state === "open" && ancestorsOf(this.commits, headSha).has(sha));
  }

  rename(fullName: string): void {
    this.formerNames.push(this.fullName);
    this.fullName = fullName;
  }

  private committed(sha: string, branch: string): void {
    if (!this.commits.has(sha)) {
      this.commit(sha, { parents: this.newest(branch) });
    }
  }

  private newest(branch: string): string[] {
    const newest = this.branches.get(branch);
    return newest === undefined ? [] : [newest];
  }
}

/** Forty hexadecimal digits derived from a text. */
export function shaOf(text: string): string {
  return Buffer.from(text).toString("hex").padEnd(40, "0").slice(0, 40);
}
