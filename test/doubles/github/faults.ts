import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, failure, type Question } from "./answer";

/** Intercepts a request. Calling `next` handles it. */
export type Fault = (next: () => Answer, question: Question) => Answer | Promise<Answer>;

/** The server fails. */
export const status =
  (code: number): Fault =>
  () =>
    failure(code, "Server Error");

/** GitHub sees too many requests in a short time. */
export const secondaryLimit =
  (retryAfter: number, code: 403 | 429 = 403): Fault =>
  () =>
    failure(code, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {
      "retry-after": String(retryAfter),
    });

/** A list is empty. */
export const empty = (): Fault => (next) => ({ ...next(), headers: {}, body: [] });

/** The header that links to the next page is missing. */
export const noLink = (): Fault => (next) => ({ ...next(), headers: {} });

/** A list ends early without any sign of it. */
export const short =
  (length: number): Fault =>
  (next) => {
    const answer = next();
    return { ...answer, headers: {}, body: (answer.body as unknown[]).slice(0, length) };
  };

export const slow =
  (milliseconds: number): Fault =>
  async (next) => {
    await sleep(milliseconds);
    return next();
  };

/** The connection is reset before the request is handled. */
export const reset = (): Fault => () => ({ status: 200, cut: "all" });

/** The request is handled, but the response is lost. */
export const lost = (): Fault => (next) => ({ ...next(), cut: "all" });

/** The response is cut off. */
export const cut = (): Fault => (next) => ({ ...next(), cut: "body" });

export const malformed = (): Fault => () => ({ status: 200, raw: '[{"number": 1' });

/** A proxy or a login page answers instead of the server. */
export const html = (): Fault => () => ({
  status: 200,
  headers: { "content-type": "text/html" },
  raw: "<title>Sign in to continue</title>",
});

export const redirect =
  (location: (url: URL) => string, code = 301): Fault =>
  (_next, { url }) => ({ status: code, headers: { location: location(url) }, body: { message: "Moved Permanently" } });
