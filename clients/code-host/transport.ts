import { EnvHttpProxyAgent, fetch, type RequestInit, Response } from "undici";

export interface TransportOptions {
  /** How long a complete answer may take. */
  readonly timeoutMs: number;
  /** Called on every failed attempt. */
  readonly report: (message: string) => void;
  /** Called with the Date header of every answer. */
  readonly onDate?: (date: string | null) => void;
}

/**
 * `fetch` for a code host's client. It uses the proxy of HTTPS_PROXY and NO_PROXY, accepts an answer only if it is complete, in
 * time and readable, and follows a redirect with the same method, but never to another origin, which would get the token or
 * answer in the code host's place.
 */
export function transport({ timeoutMs, report, onDate }: TransportOptions) {
  const dispatcher = new EnvHttpProxyAgent();
  return async (url: string, init: RequestInit): Promise<Response> => {
    // Safe to print: the token is never in a URL.
    const what = `${init.method ?? "GET"} ${new URL(url).pathname}`;
    try {
      const response = await follow(url, { ...init, dispatcher, signal: AbortSignal.timeout(timeoutMs) });
      onDate?.(response.headers.get("date"));
      if (response.status >= 500) {
        report(`the code host answers ${response.status} to ${what}`);
      }
      return response;
    } catch (error) {
      const { message, cause, name } = error as Error;
      const why = name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : causeOf(cause) || message;
      report(`the code host doesn't answer ${what}: ${why}`);
      throw new Error(why, { cause: error });
    }
  };
}

const causeOf = (cause: unknown) =>
  cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : "";

async function follow(url: string, init: RequestInit): Promise<Response> {
  let target = url;
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(target, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (![301, 302, 307, 308].includes(response.status) || location === null) {
      return complete(response);
    }
    await response.body?.cancel();
    const next = new URL(location, target);
    if (next.origin !== new URL(url).origin) {
      throw new TypeError(`it redirects to another host (${next.host})`);
    }
    if (hops === 3) {
      throw new TypeError("it redirects too often");
    }
    target = next.href;
  }
}

/** Octokit takes a truncated body, or one that isn't the JSON it claims to be, for an empty one. */
async function complete(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  if (status < 300 && text !== "" && headers.get("content-type")?.startsWith("application/json")) {
    try {
      JSON.parse(text);
    } catch {
      throw new TypeError("its answer is not the JSON that it claims to be");
    }
  }
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
}
