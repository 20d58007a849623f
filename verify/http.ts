import { Readable } from "node:stream";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { type Dispatcher, Headers, parseCookie } from "undici";
import { longestBody } from "../clients/http/client";
import { anyOf } from "../clients/process/signals";
import { TooLong } from "./not-checked";

export interface Question {
  /** Path and query, sent exactly as given. */
  readonly path: string;
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
  /** Whether to send the body without a Content-Length. @default false */
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
  /** The path of the request. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly Cookie[];
  /** As received, still with its content encoding. */
  readonly body: Buffer;
  readonly text: string;
}

/** Sends a request to one server. Doesn't follow redirects. */
export type Ask = (question: Question) => Promise<Answer>;

/**
 * @param timeoutMs for the whole response
 * @throws TooLong if the body exceeds the limit
 * @throws Error of undici or the network if there is no response within that time
 */
export function askThrough(dispatcher: Dispatcher, origin: string, timeoutMs = 30_000): Ask {
  return async ({ path, method = "GET", headers = {}, body, hasNoLength = false, signal }) => {
    // Not `fetch` or `request(url)`: both would parse the path and resolve dot segments and encodings in it.
    const answer = await dispatcher.request({
      origin,
      path,
      method,
      headers: { "accept-encoding": "identity", "user-agent": "preview-verify", ...headers },
      body: hasNoLength && body !== undefined ? Readable.from([Buffer.from(body)]) : body,
      // For the whole response: one that never ends is a failure.
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
    // Lazy, since the text of most responses is never read.
    get text() {
      return body.toString();
    },
  };
}

/** Decoders by Content-Encoding. */
const decoders = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

/**
 * The decoded body; unchanged for `identity` and unknown encodings.
 *
 * @throws Error if it isn't in that encoding; with the code `ERR_BUFFER_TOO_LARGE` if it would exceed the limit
 */
export function decoded(body: Buffer, encoding: string): Buffer {
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  return decode?.(body, { maxOutputLength: longestBody }) ?? body;
}

function cookieOf(header: string): Cookie[] {
  const cookie = parseCookie(header);
  return cookie ? [{ ...cookie, pair: header.split(";")[0]! }] : [];
}

/** The Cookie header for cookies of several responses; the last one of each name counts. */
export function cookieHeader(cookies: readonly Cookie[]): string {
  return [...new Map(cookies.map(({ name, pair }) => [name, pair])).values()].join("; ");
}

export const isRedirect = ({ status }: Answer): boolean => [301, 302, 303, 307, 308].includes(status);

/** `GET /api/ answers 404`, for a finding. */
export function says({ path, status, headers }: Answer): string {
  const location = headers.get("location");
  return `${path} answers ${status}${location === null ? "" : `, to ${location}`}`;
}
