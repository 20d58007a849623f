import { UserError } from "../../../contract";

/** What was requested, and the permission that it needs. */
export interface RequestContext {
  readonly what: string;
  /** As in a workflow's `permissions`. */
  readonly permission: string;
}

/** Where it was requested. */
export interface Place {
  readonly host: string;
  readonly repository: string;
  readonly access: Access;
}

/** The own repository or another one, and what is shown to read it. */
export type Access = "own" | "other" | "app";

/** The fields of an Octokit error that matter here. Without a response, nothing has answered. */
interface Failure {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

const appReads = "a workflow's own token reads no other private repository; a GitHub App does (docs/pairs.md)";

const words: Record<Access, { token: string; expired: string; unseen: (permission: string) => string; more: string }> =
  {
    own: {
      token: "GITHUB_TOKEN",
      expired: "GITHUB_TOKEN is invalid or has expired: set a new one",
      unseen: (permission) =>
        `GITHUB_TOKEN isn't allowed to see it; check the setting repository and that the token has ${permission}`,
      more: "",
    },
    other: {
      token: "GITHUB_TOKEN",
      expired: "GITHUB_TOKEN is invalid or has expired: set a new one",
      unseen: () => `GITHUB_TOKEN can't see it: ${appReads}`,
      more: `; ${appReads}`,
    },
    app: {
      token: "the GitHub App's token",
      expired: "the GitHub App's token is invalid or has expired: try again",
      unseen: (permission) =>
        `the GitHub App can't see it: check that it is installed on that repository and has the permission ${permission} (docs/pairs.md)`,
      more: "",
    },
  };

/** Turns a failure into its meaning and the next step. */
export function explain(error: unknown, { host, repository, access }: Place, context: RequestContext): UserError {
  if (error instanceof UserError) {
    return error;
  }
  const failure = error as Failure;
  const cause = failure.response === undefined ? `can't be reached (${failure.message})` : `answers ${failure.status}`;
  return new UserError(
    `${host}, asked for ${context.what} of ${repository}, ${cause}: ${advice(failure, access, context)}`,
    { cause: error },
  );
}

function advice({ status, message, response }: Failure, access: Access, { permission }: RequestContext): string {
  if (response === undefined) {
    return "check that GITHUB_API_URL is right and that this machine can reach it, then try again";
  }
  const { headers } = response;
  if (status === 403 || status === 429) {
    const limit = rateLimit(message, headers);
    if (limit !== undefined) {
      return limit;
    }
  }
  const { token, expired, unseen, more } = words[access];
  switch (status) {
    case 401:
      return expired;
    case 403: {
      const accepted = headers["x-accepted-github-permissions"] ?? permission;
      return `${token} isn't allowed to do that (${message}); it needs the permission ${accepted}${more}`;
    }
    case 404:
      return `it doesn't exist, or ${unseen(permission)}`;
    case 409:
    case 422:
      return message;
    default:
      return (status ?? 0) >= 500
        ? "it keeps failing after several retries; see https://www.githubstatus.com and try again later"
        : `that wasn't expected (${message}); check that GITHUB_API_URL is the URL of GitHub's REST API`;
  }
}

/** Undefined if it isn't about a rate limit. */
function rateLimit(message: string, headers: Record<string, string | number | undefined>): string | undefined {
  if (headers["retry-after"] !== undefined || /\bsecondary rate\b/i.test(message)) {
    return `too many requests in a short time; try again in ${headers["retry-after"] ?? 60} s`;
  }
  if (String(headers["x-ratelimit-remaining"]) === "0") {
    // By the code host's clock: this machine's may be wrong.
    const now = Date.parse(String(headers.date)) || Date.now();
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    const minutes = Math.max(1, Math.ceil((reset - now) / 60_000));
    return `the token's rate limit is used up until ${new Date(reset).toISOString()}; try again in ${minutes} min`;
  }
  return undefined;
}

/** Something that isn't there, or that the token can't see. */
export function missing({ host, repository, access }: Place, { what, permission }: RequestContext): UserError {
  // A number may also be an issue's, which is no pull request.
  const absent = what.startsWith("pull request ")
    ? "there is nothing of that number or only an issue"
    : "it doesn't exist";
  return new UserError(`${host} has no ${what} in ${repository}: ${absent}, or ${words[access].unseen(permission)}`);
}

/** An answer that doesn't match GitHub's API. */
export function unreadable({ host, repository }: Place, { what }: RequestContext, why: string): UserError {
  return new UserError(
    `${host}, asked for ${what} of ${repository}, gives an unexpected answer (${why}); ` +
      "check that GITHUB_API_URL is the URL of GitHub's REST API",
  );
}
