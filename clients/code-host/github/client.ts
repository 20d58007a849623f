import { randomUUID } from "node:crypto";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { limits } from "../../../contract";
import type { OpenOptions } from "../interface";
import { transport, type TransportOptions } from "../transport";

export type Client = Octokit;

/**
 * Octokit, which tries again where that may help: three times after a failure (1, 4 and 9 s), and twice where the rate
 * limit is reached for no longer than a minute.
 */
export function githubClient({
  token,
  baseUrl,
  report,
  timeoutMs = 20_000,
  second = 1000,
  hear,
}: OpenOptions & Pick<TransportOptions, "hear">): Client {
  const waits =
    (limit: string) =>
    (wait: number, _options: object, _octokit: Octokit, tries: number): boolean => {
      // Nobody waits for longer without being asked; the next run comes anyway.
      const goesOn = wait <= limits.rateLimitSeconds && tries < 2;
      if (goesOn) {
        report(`the code host's ${limit} is reached: waiting ${wait} s`);
      }
      return goesOn;
    };
  const octokit = new (Octokit.plugin(throttling, retry))({
    auth: token,
    baseUrl,
    userAgent: "preview-stack",
    // What is to be said is said by us, once.
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: { fetch: transport({ timeoutMs, report, hear }) },
    // A 429 is the other plugin's.
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451], retryAfterBaseValue: second },
    throttle: {
      id: randomUUID(),
      retryAfterBaseValue: second,
      onRateLimit: waits("rate limit"),
      onSecondaryRateLimit: waits("secondary rate limit"),
    },
  });
  rememberAnswers(octokit);
  return octokit;
}

const silent = () => undefined;

/**
 * Asks for what was asked before with its ETag: GitHub then answers 304, which doesn't count for the rate limit, or with
 * what has changed.
 */
function rememberAnswers(octokit: Octokit): void {
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
