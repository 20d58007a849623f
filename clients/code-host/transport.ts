import { EnvHttpProxyAgent, type RequestInit, Response } from "undici";
import { fetchFailure, follow } from "../http/follow";

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
      const request = { ...init, dispatcher, signal: AbortSignal.timeout(timeoutMs) };
      const response = await complete(await follow(url, request, toSameOrigin(url)));
      onDate?.(response.headers.get("date"));
      if (response.status >= 500) {
        report(`the code host answers ${response.status} to ${what}`);
      }
      return response;
    } catch (error) {
      const why = fetchFailure(error, timeoutMs);
      report(`the code host doesn't answer ${what}: ${why}`);
      throw new Error(why, { cause: error });
    }
  };
}

const toSameOrigin =
  (url: string) =>
  (next: URL, init: RequestInit): RequestInit => {
    if (next.origin !== new URL(url).origin) {
      throw new TypeError(`it redirects to another host (${next.host})`);
    }
    return init;
  };

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
