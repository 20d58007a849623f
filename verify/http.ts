import { Readable } from "node:stream";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { type Dispatcher, Headers, parseCookie } from "undici";
import { longestBody } from "../clients/http/client";
import { anyOf } from "../clients/process/signals";
import { TooLong } from "./not-checked";

export interface Question {
  /** Path and query, sent exactly as they are written here. */
  readonly path: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Gives it up. */
  readonly signal?: AbortSignal;
  /** Sends the body without saying how long it is. @default false */
  readonly hasNoLength?: boolean;
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
 * `timeoutMs` is how long a whole answer may take.
 *
 * @throws TooLong where its body is longer than any that is read
 * @throws Error of undici or of the network where there is none within that time
 */
export function askThrough(dispatcher: Dispatcher, origin: string, timeoutMs = 30_000): Ask {
  return async ({ path, method = "GET", headers = {}, body, hasNoLength = false, signal }) => {
    // Not `fetch` or `request(url)`: both would parse the path and resolve what is dotted or encoded in it.
    const answer = await dispatcher.request({
      origin,
      path,
      method,
      headers: { "accept-encoding": "identity", "user-agent": "preview-verify", ...headers },
      body: hasNoLength && body !== undefined ? Readable.from([Buffer.from(body)]) : body,
      // Of the whole answer: one that never ends is none.
      signal: anyOf(AbortSignal.timeout(timeoutMs), signal),
    });
    const pairs = Object.entries(answer.headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    );
    const content = await answer.body.arrayBuffer().catch((error: NodeJS.ErrnoException) => {
      throw error.code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" ? new TooLong(path) : error;
    });
    return answerOf(path, answer.statusCode, pairs, Buffer.from(content));
  };
}

export function answerOf(
  path: string,
  status: number,
  pairs: readonly (readonly [string, string])[],
  body: Buffer,
): Answer {
  const headers = new Headers(pairs.map(([name, value]) => [name, value]));
  const cookies = headers.getSetCookie().flatMap(cookieOf);
  return {
    path,
    status,
    headers,
    cookies,
    body,
    // Many answers are kept whose text nobody reads.
    get text() {
      return body.toString();
    },
  };
}

/** What may have been done to a body, `Content-Encoding`. */
const decoders = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

/**
 * A body as it was before it was encoded; one of another encoding, `identity`, as it is.
 *
 * @throws Error where it isn't of that encoding; with the code `ERR_BUFFER_TOO_LARGE` where it gets longer than any that is read
 */
export function decoded(body: Buffer, encoding: string): Buffer {
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  return decode?.(body, { maxOutputLength: longestBody }) ?? body;
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
