import http from "node:http";
import { Readable, Transform } from "node:stream";
import { ByteLengthQueuingStrategy, type ReadableStream } from "node:stream/web";
import { decoded } from "./decoding.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { upstreamPath } from "./path.ts";
import { targetOf } from "./target.ts";

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

// Next ends when its last answer has, which an event stream may never do. Others have as long as gunicorn gives them.
process.once("SIGTERM", () => setTimeout(() => agent.destroy(), 3_000).unref());

/**
 * Passes a request on to Django at INTERNAL_API_URL and its answer back, both as streams.
 *
 * Not with `fetch`: it gives up on an event stream that is silent for five minutes, and the means to change that aren't
 * part of Node.
 */
export async function proxy(request: Request, options: ProxyOptions = {}): Promise<Response> {
  const upstream = URL.parse(process.env.INTERNAL_API_URL ?? "");
  if (upstream?.protocol !== "http:") return refusal(500, "INTERNAL_API_URL must be like http://api:8000.");

  const target = targetOf(request);
  const path = upstreamPath(target.path, options.stripPrefix ?? "");
  if (path === undefined) return refusal(400, "This path is not allowed.");

  try {
    const answer = await send(request, upstream, path + target.query, options);
    return new Response(bodyOf(request, answer), {
      status: answer.statusCode,
      statusText: answer.statusMessage,
      headers: responseHeaders(answer.rawHeaders),
    });
  } catch (error) {
    if (!request.signal.aborted) console.error(`${request.method} ${target.path}: ${String(error)}`);
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
    // Also there once the answer has begun: the rest of a refused upload then fails.
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
  // Django may refuse an upload and close. Node mostly loses that answer if it writes to the closed connection first, so
  // each piece waits until what has arrived meanwhile is read.
  const pieces = new Transform({ transform: (piece, _, done) => setImmediate(done, null, piece) });
  // The visitor went away in the middle: an end would look like a complete, shorter upload.
  body.on("error", (error) => call.destroy(error));
  // What Django doesn't want is read and dropped, since closing the connection would lose its answer.
  call.on("close", () => body.unpipe(pieces).resume());
  body.pipe(pieces).pipe(call);
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
