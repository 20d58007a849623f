import { UserError } from "../../contract";
import { type ClientOptions, githubClient } from "./github/client";
import { GitHub } from "./github/github";
import type { CodeHost } from "./interface";
import { ServerClock } from "./server-clock";

/** GitHub's own rule for owners and repositories, so that neither can lead to another path. */
const repositoryName = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** How GitHub is asked. */
export interface CodeHostAccess {
  /** The variable GITHUB_TOKEN. */
  readonly token?: string;
  /** The variable GITHUB_API_URL. @default https://api.github.com */
  readonly url?: string;
  /** Whether there must be one, as in a workflow. */
  readonly isRequired: boolean;
}

/**
 * The code host of a repository; undefined where none is configured, unless one is required.
 *
 * @param repository `owner/name`, the setting of that name; empty where it isn't set
 * @throws UserError where the configuration is wrong, or incomplete in a workflow
 */
export function codeHost(
  repository: string,
  { token = "", url, isRequired }: CodeHostAccess,
  options: Pick<ClientOptions, "report"> & Partial<ClientOptions>,
): CodeHost | undefined {
  if (repository === "" || token === "") {
    if (isRequired) {
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
