import http from "node:http";
import { Readable } from "node:stream";
import { ByteLengthQueuingStrategy, type ReadableStream } from "node:stream/web";
import { decoded } from "./decoding.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { upstreamPath } from "./path.ts";

export interface ProxyOptions {
  /** Removed from the path before it goes to Django, which is told so: `/api` makes `/api/orders/` `/orders/`. */
  readonly stripPrefix?: string;

  /**
   * How long Django may be silent before its answer begins, in milliseconds. Afterwards silence is allowed, as an
   * event stream may have nothing to say.
   *
   * @default 30000
   */
  readonly patienceMs?: number;
}

// Idle connections are closed long before gunicorn closes them (75 s), so none is written to just as it goes.
const agent = new http.Agent({ keepAlive: true, timeout: 30_000 });

/**
 * Passes a request on to Django at INTERNAL_API_URL and its answer back, both as streams.
 *
 * `fetch` isn't used: it would follow no redirects if asked, but it repeats no Content-Length for a streamed body,
 * without which Django reads an empty one, and it gives up on an event stream that is silent for five minutes.
 */
export async function proxy(request: Request, options: ProxyOptions = {}): Promise<Response> {
  const upstream = process.env.INTERNAL_API_URL;
  if (!upstream || !URL.canParse(upstream)) return refusal(500, "INTERNAL_API_URL is not set to an address.");

  const url = new URL(request.url);
  const path = upstreamPath(url.pathname, options.stripPrefix ?? "");
  if (path === undefined) return refusal(400, "This path is not allowed.");

  try {
    const answer = await send(request, new URL(upstream), path + url.search, options);
    return new Response(bodyOf(request, answer), {
      status: answer.statusCode,
      statusText: answer.statusMessage,
      headers: responseHeaders(answer.rawHeaders),
    });
  } catch (error) {
    if (!request.signal.aborted) console.error(`${request.method} ${url.pathname}: ${String(error)}`);
    return error instanceof Silence
      ? refusal(504, "The API did not answer in time.")
      : refusal(502, "The API can’t be reached.");
  }
}

class Silence extends Error {}

function send(request: Request, upstream: URL, path: string, options: ProxyOptions): Promise<http.IncomingMessage> {
  const patience = options.patienceMs ?? 30_000;
  return new Promise((resolve, reject) => {
    const call = http.request(upstream, {
      agent,
      path,
      method: request.method,
      headers: requestHeaders(request, options.stripPrefix),
      signal: request.signal,
      timeout: patience,
    });
    let answered = false;
    call.on("response", (answer) => {
      answered = true;
      resolve(answer);
    });
    call.on("timeout", () => {
      if (!answered) call.destroy(new Silence(`silent for ${patience} ms`));
    });
    // Also after the answer: Django may refuse an upload and close before all of it has been sent.
    call.on("error", reject);
    upload(request, call);
  });
}

function upload(request: Request, call: http.ClientRequest): void {
  if (!request.body) {
    call.end();
    return;
  }
  const body = Readable.fromWeb(request.body as ReadableStream);
  // The visitor went away in the middle: an end would look like a complete, shorter upload.
  body.on("error", (error) => call.destroy(error));
  // What Django doesn't want is read and dropped, since closing the connection would lose its answer.
  call.on("close", () => body.unpipe(call).resume());
  body.pipe(call);
}

function bodyOf(request: Request, answer: http.IncomingMessage): BodyInit | null {
  const empty = request.method === "HEAD" || [204, 205, 304].includes(answer.statusCode ?? 0);
  if (empty) {
    answer.resume();
    return null;
  }
  // Without a strategy of bytes Node counts chunks, and would keep thousands of them for a slow reader.
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 });
  return Readable.toWeb(decoded(answer), { strategy }) as BodyInit;
}

function refusal(status: number, detail: string): Response {
  return Response.json({ detail }, { status, headers: { "Cache-Control": "no-store" } });
}
