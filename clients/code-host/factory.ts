import { UserError } from "../../contract";
import { appFrom, type AppVariables } from "./app";
import { github } from "./github";
import type { CodeHost, CodeHostKind, OpenOptions } from "./interface";
import { ServerClock } from "./server-clock";

/** The first is the default if none has a token. */
export const codeHostKinds: readonly [CodeHostKind, ...CodeHostKind[]] = [github];

/** The token variables, for a sentence: `GITHUB_TOKEN`. */
export const tokenVariables = codeHostKinds.map(({ variables }) => variables.token).join(" or ");

/** How to reach the code host, by its variables. */
export interface CodeHostAccess {
  readonly kind: CodeHostKind;
  readonly token?: string;
  readonly url?: string;
  readonly app: AppVariables;
  /** Whether one must be configured, as in a workflow. */
  readonly isRequired: boolean;
}

type Options = Omit<OpenOptions, "token" | "baseUrl">;

/**
 * The code host of the previews' repository; undefined if none is configured or required.
 *
 * @param repository the setting of that name, `owner/name`; empty if it isn't set
 * @throws UserError if the configuration is wrong, or incomplete in a workflow
 */
export function codeHost(
  repository: string,
  { kind, token: value, url, isRequired }: CodeHostAccess,
  options: Options,
): CodeHost | undefined {
  const token = tokenOf(kind, value);
  if (repository === "" || token === "") {
    if (isRequired) {
      throw new UserError(
        "a workflow needs a code host to ask whether the pull request is still open: set " +
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
    throw new UserError(`the setting repository must be owner/name, as on the code host; got ${repository}`);
  }
  return kind.open(repository, { token, baseUrl: baseUrlOf(kind, url), ...options }, new ServerClock());
}

/**
 * The code host of another repository, which is read with the app's tokens if there is an app, or else with the own token.
 *
 * @param repository `owner/name`
 * @throws UserError if the configuration is wrong or incomplete
 */
export function otherCodeHost(
  repository: string,
  { kind, token: value, url, app }: CodeHostAccess,
  options: Options,
): CodeHost {
  const token = tokenOf(kind, value);
  if (!kind.repository.test(repository)) {
    throw new UserError(`${JSON.stringify(repository)} is no repository: it must be owner/name, as on the code host`);
  }
  const found = appFrom(app, kind.variables);
  if (token === "" && found === undefined) {
    throw new UserError(`${repository} can't be read without the variable ${tokenVariables}: set it`);
  }
  return kind.openOther(
    repository,
    { token, app: found, baseUrl: baseUrlOf(kind, url), ...options },
    new ServerClock(),
  );
}

/** Checked here, since the error about a header that it can't be part of would show it. */
function tokenOf({ variables }: CodeHostKind, value = ""): string {
  const token = value.trim();
  if (/[^\x21-\x7e]/.test(token)) {
    throw new UserError(`${variables.token} must be one line of printable characters, without spaces: set it anew`);
  }
  return token;
}

function baseUrlOf(kind: CodeHostKind, url?: string): string {
  const baseUrl = (url || kind.url).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? "")) {
    throw new UserError(`${kind.variables.url} must be a URL such as ${kind.ownUrl}; got ${baseUrl}`);
  }
  return baseUrl;
}
