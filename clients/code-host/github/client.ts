import { randomUUID } from "node:crypto";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { limits } from "../../../contract";
import type { OpenOptions } from "../interface";
import { transport, type TransportOptions } from "../transport";

export type Client = Octokit;

/** How requests are authenticated: a token, or one of Octokit's strategies and its options. */
export type Authentication = Pick<NonNullable<ConstructorParameters<typeof Octokit>[0]>, "auth" | "authStrategy">;

/**
 * Octokit with retries: three after a failure (after 1, 4 and 9 s), and two if the rate limit is exceeded for at most a minute.
 */
export function githubClient(
  authentication: Authentication,
  {
    baseUrl,
    report,
    timeoutMs = 20_000,
    second = 1000,
    onDate,
  }: Omit<OpenOptions, "token"> & Pick<TransportOptions, "onDate">,
): Client {
  const waits =
    (limit: string) =>
    (wait: number, _options: object, _octokit: Octokit, tries: number): boolean => {
      // No longer: there will be another run.
      const retries = wait <= limits.rateLimitSeconds && tries < 2;
      if (retries) {
        report(`the code host's ${limit} is exceeded: waiting ${wait} s`);
      }
      return retries;
    };
  const octokit = new (Octokit.plugin(throttling, retry))({
    ...authentication,
    baseUrl,
    userAgent: "preview-stack",
    // We report failures ourselves, once.
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: { fetch: transport({ timeoutMs, report, onDate }) },
    // The throttling plugin handles 429.
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451], retryAfterBaseValue: second },
    throttle: {
      id: randomUUID(),
      retryAfterBaseValue: second,
      onRateLimit: waits("rate limit"),
      onSecondaryRateLimit: waits("secondary rate limit"),
    },
  });
  cacheByETag(octokit);
  return octokit;
}

const silent = () => undefined;

/**
 * Repeats a request with the ETag of its last answer: a 304 from GitHub doesn't count towards the rate limit.
 */
function cacheByETag(octokit: Octokit): void {
  const known = new Map<string, Awaited<ReturnType<typeof octokit.request>>>();
  const keyOf = ({ method, url }: { method: string; url: string }) => `${method} ${url}`;
  octokit.hook.before("request", (options) => {
    const etag = known.get(keyOf(octokit.request.endpoint(options)))?.headers.etag;
    if (etag !== undefined) {
      options.headers["if-none-match"] = etag;
    }
  });
  octokit.hook.after("request", (answer, options) => {
    if (options.method === "GET" && answer.headers.etag !== undefined) {
      known.set(keyOf(octokit.request.endpoint(options)), answer);
    }
  });
  octokit.hook.error("request", (error, options) => {
    const answer = known.get(keyOf(octokit.request.endpoint(options)));
    if ((error as { status?: number }).status === 304 && answer !== undefined) {
      return answer;
    }
    throw error;
  });
}
