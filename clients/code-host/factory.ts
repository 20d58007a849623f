import { UserError } from "../../contract";
import { github } from "./github";
import type { CodeHost, CodeHostKind, OpenOptions } from "./interface";
import { ServerClock } from "./server-clock";

/** The first is asked where no other has a token. */
export const codeHostKinds: readonly [CodeHostKind, ...CodeHostKind[]] = [github];

/** `GITHUB_TOKEN`, and those of others, as a sentence names them. */
export const tokenVariables = codeHostKinds.map(({ variables }) => variables.token).join(" or ");

/** How the code host is asked: what its variables say. */
export interface CodeHostAccess {
  readonly kind: CodeHostKind;
  readonly token?: string;
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
  { kind, token = "", url, isRequired }: CodeHostAccess,
  options: Omit<OpenOptions, "token" | "baseUrl">,
): CodeHost | undefined {
  if (repository === "" || token === "") {
    if (isRequired) {
      throw new UserError(
        "workflows require a code host, so that nothing is deployed for a pull request that was closed: set " +
          [
            repository === "" && "the setting repository to owner/name",
            token === "" && `the variable ${tokenVariables}`,
          ]
            .filter(Boolean)
            .join(" and "),
      );
    }
    return undefined;
  }
  if (!kind.repository.test(repository)) {
    throw new UserError(`repository must be owner/name, as at the code host; got ${repository}`);
  }
  const baseUrl = (url || kind.url).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? "")) {
    throw new UserError(`${kind.variables.url} must be a URL such as ${kind.ownUrl}; got ${baseUrl}`);
  }
  return kind.open(repository, { token, baseUrl, ...options }, new ServerClock());
}
