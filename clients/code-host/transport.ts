import { EnvHttpProxyAgent, fetch, type RequestInit, Response } from "undici";

export interface TransportOptions {
  /** How long an answer may take as a whole. */
  readonly timeoutMs: number;
  /** Called on every failed try. */
  readonly report: (message: string) => void;
  /** Is told every answer's header Date. */
  readonly hear?: (date: string | null) => void;
}

/**
 * `fetch` as a client of a code host needs it, by the proxy of HTTPS_PROXY and NO_PROXY: an answer counts only when all of it
 * has arrived, in time and readable; a redirection is followed with the same method, as theirs ask for, but never to
 * another origin, which would get the token or answer in its place.
 */
export function transport({ timeoutMs, report, hear }: TransportOptions) {
  const dispatcher = new EnvHttpProxyAgent();
  return async (url: string, init: RequestInit): Promise<Response> => {
    // A token never shows in a URL, so that this may be said aloud.
    const what = `${init.method ?? "GET"} ${new URL(url).pathname}`;
    try {
      const response = await follow(url, { ...init, dispatcher, signal: AbortSignal.timeout(timeoutMs) });
      hear?.(response.headers.get("date"));
      if (response.status >= 500) {
        report(`the code host answers ${response.status} to ${what}`);
      }
      return response;
    } catch (error) {
      const { message, cause, name } = error as Error;
      const why = name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : causeOf(cause) || message;
      report(`the code host can't be asked for ${what}: ${why}`);
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
      return whole(response);
    }
    await response.body?.cancel();
    const next = new URL(location, target);
    if (next.origin !== new URL(url).origin) {
      throw new TypeError(`it redirects to another host (${next.host})`);
    }
    if (hops === 3) {
      throw new TypeError("it redirects without end");
    }
    target = next.href;
  }
}

/** The library takes a body that was cut off, or that isn't what it says, for an empty one. */
async function whole(response: Response): Promise<Response> {
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
