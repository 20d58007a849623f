import { UserError } from "../../contract";
import { GitHub } from "./github/github";
import { githubClient, type ClientOptions } from "./github/client";
import { ServerClock } from "./server-clock";

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

/** What the lifecycle asks of whoever keeps the pull requests. Every method throws a UserError with cause and next step. */
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
   * @param run `<id>` for all attempts of a run, `<id>/<attempt>` for one of them; see runReference.
   */
  runEnded(run: string): Promise<boolean>;
  /** True only where somebody has approved a workflow's run, as an environment with reviewers asks for. */
  runApproved(run: string): Promise<boolean>;
  /** Makes the one comment that the lifecycle keeps on a pull request, or replaces its text (Markdown). */
  setComment(number: number, body: string): Promise<void>;
  /** What the time is by the code host's clock; undefined before its first answer. */
  now(): Date | undefined;
}

/** GitHub's own rule for owners and repositories, so that neither can lead to another path. */
const repositoryName = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/**
 * The code host of the settings and the environment: GITHUB_TOKEN, and GITHUB_API_URL for another than github.com.
 * Undefined where none is configured, except in a workflow, which requires one.
 *
 * @param repository `owner/name`, the setting of that name; empty where it isn't set
 * @throws UserError where the configuration is wrong, or incomplete in a workflow
 */
export function codeHost(
  repository: string,
  env: NodeJS.ProcessEnv = process.env,
  options: Partial<ClientOptions> = {},
): CodeHost | undefined {
  const { GITHUB_TOKEN: token = "", GITHUB_API_URL: url } = env;
  if (repository === "" || token === "") {
    if (env.CI === "true" || env.GITHUB_ACTIONS === "true") {
      throw new UserError(
        "workflows require a code host, so that nothing is deployed for a pull request that was closed: set " +
          [repository === "" && "the setting repository to owner/name", token === "" && "the variable GITHUB_TOKEN"]
            .filter(Boolean)
            .join(" and "),
      );
    }
    return undefined;
  }
  if (!repositoryName.test(repository)) {
    throw new UserError(`repository must be owner/name, as at the code host; got ${repository}`);
  }
  const baseUrl = (url || "https://api.github.com").replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? "")) {
    throw new UserError(`GITHUB_API_URL must be a URL such as https://github.example.com/api/v3; got ${baseUrl}`);
  }
  const clock = new ServerClock();
  const client = githubClient({ token, baseUrl, ...options, hear: (date) => clock.hear(date) });
  return new GitHub(repository, client, clock);
}
