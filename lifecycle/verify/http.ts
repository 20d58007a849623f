import { type Dispatcher, Headers, parseCookie } from "undici";

export interface Question {
  /** Path and query, sent exactly as they are written here. */
  readonly path: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Cookie {
  /** `name=value`, to be sent back. */
  readonly pair: string;
  readonly name: string;
  readonly domain?: string | null;
  readonly path?: string | null;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: string;
}

export interface Answer {
  /** The question's. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly Cookie[];
  /** As it came, without undoing a content encoding. */
  readonly body: Buffer;
  readonly text: string;
}

/** Asks one server. Redirects aren't followed. */
export type Ask = (question: Question) => Promise<Answer>;

/**
 * `patience` is how long a whole answer may take, in milliseconds.
 *
 * @throws Error of undici or of the network where there is none within that time
 */
export function askThrough(dispatcher: Dispatcher, origin: string, patience = 30_000): Ask {
  return async ({ path, method = "GET", headers = {}, body }) => {
    // Not `fetch` or `request(url)`: both would parse the path and resolve what is dotted or encoded in it.
    const answer = await dispatcher.request({
      origin,
      path,
      method,
      headers: { "accept-encoding": "identity", "user-agent": "preview-verify", ...headers },
      body,
      // Of the whole answer: one that never ends is none.
      signal: AbortSignal.timeout(patience),
    });
    const pairs = Object.entries(answer.headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    );
    return answerOf(path, answer.statusCode, pairs, Buffer.from(await answer.body.arrayBuffer()));
  };
}

export function answerOf(
  path: string,
  status: number,
  pairs: readonly (readonly [string, string])[],
  body: Buffer,
): Answer {
  const headers = new Headers(pairs.map(([name, value]) => [name, value]));
  return { path, status, headers, cookies: headers.getSetCookie().flatMap(cookieOf), body, text: body.toString() };
}

function cookieOf(header: string): Cookie[] {
  const cookie = parseCookie(header);
  return cookie ? [{ ...cookie, pair: header.split(";")[0]! }] : [];
}

/** A Cookie header of what several answers have set; the last one of a name counts. */
export function cookieHeader(cookies: readonly Cookie[]): string {
  return [...new Map(cookies.map(({ name, pair }) => [name, pair])).values()].join("; ");
}

export const isRedirect = ({ status }: Answer): boolean => [301, 302, 303, 307, 308].includes(status);

/** `GET /api/ answers 404`, for a finding. */
export function says({ path, status, headers }: Answer): string {
  const location = headers.get("location");
  return `${path} answers ${status}${location === null ? "" : `, to ${location}`}`;
}
