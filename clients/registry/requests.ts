import pRetry from "p-retry";
import { Agent, EnvHttpProxyAgent, type RequestInit, type Response } from "undici";
import { limits } from "../../contract";
import { fetchFailure, follow } from "../http/follow";
import { pause } from "../process/pause";
import { anyOf } from "../process/signals";
import { isLoopback } from "./place";
import { retryAfter } from "./retry-after";

export interface RequestOptions {
  /** Called on failed attempts and waits. */
  readonly report: (message: string) => void;
  /** Ends a request or a wait at once. */
  readonly signal?: AbortSignal;
  /** How long one answer may take, in milliseconds. @default {@link limits.registryAnswerSeconds} */
  readonly timeoutMs?: number;
  /** Milliseconds in a second of waiting between retries; shorter in tests. @default 1000 */
  readonly second?: number;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Response["headers"];
  readonly body: Buffer;
  /** Of the host that has answered, after redirects. */
  readonly origin: string;
}

/** There was no complete answer, several times in a row. */
export class NoAnswer extends Error {
  constructor(
    readonly host: string,
    why: string,
    options: ErrorOptions,
  ) {
    super(why, options);
  }
}

/** The server failed, which may pass. */
class Failing extends Error {
  constructor(readonly answer: Answer) {
    super(`it answers ${answer.status}`);
  }
}

const mayPass = (error: Error) => error instanceof Failing || error instanceof NoAnswer;

/** The largest body that is read, in bytes, as registries have it for manifests. */
const longestBody = 4 * 2 ** 20;

/** How often a rate limit is waited for. */
const maxWaits = 2;

/** Requests with retries: three after a failure (after 1, 3 and 9 s), and two if the rate limit is exceeded for at most a minute. */
export class Requests {
  // The variables for a proxy don't apply to loopback, as in docker.
  private readonly dispatchers = { loopback: new Agent(), elsewhere: new EnvHttpProxyAgent() };
  private readonly timeoutMs: number;
  private readonly second: number;

  constructor(private readonly options: RequestOptions) {
    this.timeoutMs = options.timeoutMs ?? limits.registryAnswerSeconds * 1000;
    this.second = options.second ?? 1000;
  }

  /**
   * @param mayFollow whether a redirect to another host is followed; credentials are not sent there
   * @throws NoAnswer
   */
  async send(url: URL, init: RequestInit, mayFollow: (next: URL) => boolean): Promise<Answer> {
    const { report, signal } = this.options;
    for (let waits = 0; ; waits += 1) {
      const answer = await this.retried(url, init, mayFollow);
      const seconds = retryAfter(answer.headers);
      if (answer.status !== 429 || seconds > limits.rateLimitSeconds || waits === maxWaits) {
        return answer;
      }
      report(`the rate limit of ${url.host} is exceeded: waiting ${seconds} s`);
      await pause(seconds * this.second, signal);
    }
  }

  private async retried(url: URL, init: RequestInit, mayFollow: (next: URL) => boolean): Promise<Answer> {
    const { report, signal } = this.options;
    try {
      return await pRetry(() => this.attempt(url, init, mayFollow), {
        retries: 3,
        factor: 3,
        minTimeout: this.second,
        signal,
        onFailedAttempt: ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && mayPass(error)) {
            report(`${init.method ?? "GET"} ${url.origin}${url.pathname}: ${error.message}; trying again`);
          }
        },
        shouldRetry: ({ error }) => mayPass(error),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Failing) {
        return error.answer;
      }
      throw error;
    }
  }

  private async attempt(url: URL, init: RequestInit, mayFollow: (next: URL) => boolean): Promise<Answer> {
    const { signal } = this.options;
    const dispatcher = isLoopback(url) ? this.dispatchers.loopback : this.dispatchers.elsewhere;
    const request = { ...init, dispatcher, signal: anyOf(AbortSignal.timeout(this.timeoutMs), signal) };
    try {
      const response = await follow(url.href, request, (next, sent) => redirected(url, next, sent, mayFollow));
      const { status, headers } = response;
      const answer = { status, headers, body: await bounded(response), origin: new URL(response.url).origin };
      if (status >= 500) {
        throw new Failing(answer);
      }
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof Failing
        ? error
        : new NoAnswer(url.host, fetchFailure(error, this.timeoutMs), { cause: error });
    }
  }
}

function redirected(from: URL, next: URL, init: RequestInit, mayFollow: (next: URL) => boolean): RequestInit {
  if (next.origin === from.origin) {
    return init;
  }
  if (!mayFollow(next)) {
    throw new TypeError(`it redirects to ${next.origin}, where it isn't followed`);
  }
  const headers = Object.entries(init.headers as Record<string, string>);
  return { ...init, headers: Object.fromEntries(headers.filter(([name]) => name !== "authorization")) };
}

/** Counted as decoded, whatever its headers claim. */
async function bounded(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += (part as Uint8Array).length;
    if (length > longestBody) {
      throw new TypeError(`its answer has more than ${longestBody / 2 ** 20} MiB`);
    }
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
}
