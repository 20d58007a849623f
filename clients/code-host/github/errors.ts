import { UserError } from "../../../contract";

/** What was asked for, and the permission that it takes. */
export interface RequestContext {
  readonly what: string;
  /** As in a workflow's `permissions`. */
  readonly permission: string;
}

/** An error of Octokit, as far as it is looked at. Without a response nobody has answered. */
interface Failure {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

/** What a failure means, and what to do about it. */
export function explain(error: unknown, repository: string, context: RequestContext, host: string): UserError {
  if (error instanceof UserError) {
    return error;
  }
  const failure = error as Failure;
  const cause = failure.response === undefined ? `can't be asked (${failure.message})` : `says ${failure.status}`;
  return new UserError(`${host}, asked for ${context.what} of ${repository}, ${cause}: ${advice(failure, context)}`, {
    cause: error,
  });
}

function advice({ status, message, response }: Failure, { permission }: RequestContext): string {
  if (response === undefined) {
    return "try again, and look whether this machine reaches it and whether GITHUB_API_URL is right";
  }
  const { headers } = response;
  if (status === 403 || status === 429) {
    const limit = rateLimit(message, headers);
    if (limit !== undefined) {
      return limit;
    }
  }
  switch (status) {
    case 401:
      return "GITHUB_TOKEN is not valid, or no longer: give it a new one";
    case 403: {
      const accepted = headers["x-accepted-github-permissions"] ?? permission;
      return `GITHUB_TOKEN may not do that (${message}); it takes the permission ${accepted}`;
    }
    case 404:
      return `there is no such thing, or GITHUB_TOKEN may not see it; look at the setting repository, and at the permission ${permission}`;
    case 409:
    case 422:
      return message;
    default:
      return (status ?? 0) >= 500
        ? "it fails for the time being, and several tries didn't help; try again later, and see https://www.githubstatus.com"
        : `that is nothing that was expected (${message}); look whether GITHUB_API_URL leads to GitHub's REST API`;
  }
}

/** Undefined where it isn't a limit that refuses. */
function rateLimit(message: string, headers: Record<string, string | number | undefined>): string | undefined {
  if (headers["retry-after"] !== undefined || /\bsecondary rate\b/i.test(message)) {
    return `too many requests in a short time; try again in ${headers["retry-after"] ?? 60} s`;
  }
  if (String(headers["x-ratelimit-remaining"]) === "0") {
    // By the code host's own clock: this machine's may be off.
    const now = Date.parse(String(headers.date)) || Date.now();
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    const minutes = Math.max(1, Math.ceil((reset - now) / 60_000));
    return `the token's rate limit is used up until ${new Date(reset).toISOString()}; try again in ${minutes} min`;
  }
  return undefined;
}

/** An answer that came, but that makes no sense. */
export function unreadable(repository: string, { what }: RequestContext, host: string, why: string): UserError {
  return new UserError(
    `${host}, asked for ${what} of ${repository}, answers what can't be read (${why}); ` +
      "look whether GITHUB_API_URL leads to GitHub's REST API",
  );
}
