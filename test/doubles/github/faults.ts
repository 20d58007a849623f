import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, failure, type Question } from "./answers";

/** Stands between a question and its answer. Calling `next` does what was asked for. */
export type Fault = (next: () => Answer, question: Question) => Answer | Promise<Answer>;

/** The server fails. */
export const status =
  (code: number): Fault =>
  () =>
    failure(code, "Server Error");

/** GitHub finds that there were too many requests in a short time. */
export const secondaryLimit =
  (retryAfter: number, code: 403 | 429 = 403): Fault =>
  () =>
    failure(code, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {
      "retry-after": String(retryAfter),
    });

/** A list has nothing in it. */
export const empty = (): Fault => (next) => ({ ...next(), headers: {}, body: [] });

/** The header is missing that says that there is more. */
export const noLink = (): Fault => (next) => ({ ...next(), headers: {} });

/** A list ends early and nothing tells of it. */
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

/** The connection is reset before anything was done. */
export const reset = (): Fault => () => ({ status: 200, cut: "all" });

/** What was asked for is done, but the answer gets lost. */
export const lost = (): Fault => (next) => ({ ...next(), cut: "all" });

/** The answer ends in the middle. */
export const cut = (): Fault => (next) => ({ ...next(), cut: "body" });

export const malformed = (): Fault => () => ({ status: 200, raw: '[{"number": 1' });

/** A proxy or a login page answers in the server's place. */
export const html = (): Fault => () => ({
  status: 200,
  headers: { "content-type": "text/html" },
  raw: "<title>Sign in to continue</title>",
});

export const redirect =
  (location: (url: URL) => string, code = 301): Fault =>
  (_next, { url }) => ({ status: code, headers: { location: location(url) }, body: { message: "Moved Permanently" } });
