import { StandInApp } from "./apps";
import { type RepositoryOptions, StandInRepository } from "./repository";

export interface StandInToken {
  readonly login: string;
  /** Named as by GitHub, such as `pull_requests=read`; write includes read. */
  readonly permissions: readonly string[];
  /** The repositories that it is for, `owner/name`; of the others it sees the public ones. @default the first repository */
  readonly repositories?: readonly string[];
  /** By the server's clock. @default never */
  readonly expiresAt?: Date;
}

/** The stand-in's data. Tests change it directly. */
export class GitHubState {
  readonly repositories: StandInRepository[] = [];
  readonly tokens = new Map<string, StandInToken>();
  readonly app = new StandInApp(4711);
  /** Where the API's paths begin; `/api/v3` at GitHub Enterprise. */
  basePath = "";
  /** Milliseconds by which the server's clock is ahead. */
  clockSkew = 0;
  /** `reset` is in seconds since 1970, by the server's clock. */
  rateLimit = { limit: 5000, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };
  /** The first repository, the previews' own. */
  private readonly own: StandInRepository;

  constructor(fullName: string) {
    this.own = this.repository(fullName);
    const permissions = ["pull_requests=write", "actions=read", "contents=read"];
    this.tokens.set("a-token", { login: "github-actions[bot]", permissions });
  }

  /** The repository of that name, `owner/name`; a new one if there is none. */
  repository(fullName: string, options: RepositoryOptions = {}): StandInRepository {
    const known = this.repositories.find((one) => isSameName(one.fullName, fullName));
    if (known !== undefined) {
      return known;
    }
    // 2 is the fork of every pull request that has one.
    const id = this.repositories.length === 0 ? 1 : this.repositories.length + 10;
    const made = new StandInRepository(id, fullName, () => this.now(), options);
    this.repositories.push(made);
    return made;
  }

  // The first repository's, since most tests have no other.
  get pullRequests() {
    return this.own.pullRequests;
  }
  get comments() {
    return this.own.comments;
  }
  get runs() {
    return this.own.runs;
  }
  open(...of: Parameters<StandInRepository["open"]>) {
    return this.own.open(...of);
  }
  push(...of: Parameters<StandInRepository["push"]>) {
    this.own.push(...of);
  }
  close(...of: Parameters<StandInRepository["close"]>) {
    this.own.close(...of);
  }

  /** Whether a token is for a repository, public or not. */
  isFor({ repositories }: StandInToken, { fullName }: StandInRepository): boolean {
    return (repositories ?? [this.own.fullName]).some((one) => isSameName(one, fullName));
  }

  now(): Date {
    return new Date(Date.now() + this.clockSkew);
  }
}

/** GitHub doesn't tell names apart by their case. */
export const isSameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
