import { fetch, type RequestInit, type Response } from "undici";

/** More than any service needs. */
const maxRedirects = 3;

/**
 * `fetch` that follows redirects with the same method.
 *
 * @param redirected what to send to the next address; throws if it may not be followed there
 */
export async function follow(
  url: string,
  init: RequestInit,
  redirected: (next: URL, init: RequestInit) => RequestInit,
): Promise<Response> {
  let target = url;
  let sent = init;
  for (let hops = 0; ; hops += 1) {
    const response = await fetch(target, { ...sent, redirect: "manual" });
    const location = response.headers.get("location");
    if (![301, 302, 307, 308].includes(response.status) || location === null) {
      return response;
    }
    await response.body?.cancel();
    const next = new URL(location, target);
    sent = redirected(next, sent);
    if (hops === maxRedirects) {
      throw new TypeError("it redirects too often");
    }
    target = next.href;
  }
}

/** Why `fetch` failed, in a few words: `ECONNREFUSED`, `no answer within 20 s`. */
export function fetchFailure(error: unknown, timeoutMs: number): string {
  const { message, cause, name } = error as Error;
  return name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : causeOf(cause) || message;
}

const causeOf = (cause: unknown) =>
  cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : "";
