import http, { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Exchange } from "./exchange.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { type PrefixMode, routeOf } from "./path.ts";
import { pump } from "./pump.ts";
import { keptConnections, newConnections } from "./upstream.ts";

export interface ForwardOptions {
  /** Where Django is: `http://api:8000`. */
  readonly upstream: URL;

  readonly prefixMode: PrefixMode;

  /**
   * How long Django may be silent before its answer begins, in milliseconds. Afterwards silence is allowed, as an
   * event stream may have nothing to say.
   *
   * @default 30000
   */
  readonly patienceMs?: number;
}

/** Passes a request on to Django and its answer back, both as streams. Resolves when the exchange is over. */
export async function forward({ request, response, target }: Exchange, options: ForwardOptions): Promise<void> {
  const over = new Promise<void>((resolve) => response.once("close", resolve));
  const { path, query } = parsed(target);
  const route = routeOf(path, options.prefixMode);
  if (route) pass(request, response, route.path + query, route.strippedPrefix, options);
  else refuse(response, 400, "This path is not allowed.");
  await over;
}

/** Answers in Django's stead. */
export function refuse(response: ServerResponse, status: number, detail: string): void {
  const body = JSON.stringify({ detail });
  const length = Buffer.byteLength(body);
  forget(response);
  const headers = { "Content-Type": "application/json", "Content-Length": length, "Cache-Control": "no-store" };
  // With its reason, since Django's may be left that could not be passed on.
  response.writeHead(status, STATUS_CODES[status], headers).end(body);
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  strippedPrefix: string | undefined,
  options: ForwardOptions,
  agent = keptConnections,
): void {
  const { upstream, patienceMs = 30_000 } = options;
  const call = http.request(upstream, {
    agent,
    path,
    method: request.method,
    headers: requestHeaders(request, upstream.host, strippedPrefix),
  });
  let answer: IncomingMessage | undefined;
  const fail = (error: Error) => {
    // The visitor has left, has been told, or gets the whole answer: what Django sent after its end is nobody's.
    if (response.closed || response.writableEnded || answer?.complete) return;
    console.error(`${request.method} ${path}: ${String(error)}`);
    // Half an answer must not be taken for a whole one.
    if (response.headersSent) response.destroy();
    else if (error instanceof Silence) refuse(response, 504, "The API did not answer in time.");
    else refuse(response, 502, "The API can’t be reached.");
  };
  call.on("response", (incoming) => {
    answer = incoming;
    answer.on("error", fail);
    try {
      passBack(answer, response);
    } catch (error) {
      fail(error as Error);
      call.destroy();
    }
  });
  call.on("upgrade", (_, socket) => {
    socket.destroy();
    fail(new Error("an upgrade that nobody asked for"));
  });
  call.setTimeout(patienceMs, () => {
    // While an upload isn't complete, it may be the visitor who pauses.
    const isDjangosTurn = request.complete || call.writableNeedDrain;
    if (!answer && isDjangosTurn) call.destroy(new Silence(`silent for ${patienceMs} ms`));
  });
  call.on("error", (error: NodeJS.ErrnoException) => {
    const isClosedMeanwhile = call.reusedSocket && !answer && error.code === "ECONNRESET";
    if (isClosedMeanwhile && !response.closed && isRepeatable(request)) {
      pass(request, response, path, strippedPrefix, options, newConnections);
    } else fail(error);
  });
  // A visitor who leaves takes the request to Django along. An upload that has its answer needs no end.
  response.once("close", () => {
    if (!response.writableFinished || !call.writableFinished) call.destroy();
  });
  if (hasBody(request)) pump(request, call);
  else call.end();
}

/**
 * RFC 9110, section 9.2.2: what a client may send again by itself when an idle connection is closed just as it is used.
 * Django's pods do that when another commit takes their place.
 */
const isRepeatable = (request: IncomingMessage) =>
  ["GET", "HEAD", "OPTIONS"].includes(request.method!) && !hasBody(request);

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

class Silence extends Error {}

/** @throws Error where the answer's first lines can't be repeated */
function passBack(answer: IncomingMessage, response: ServerResponse): void {
  const status = answer.statusCode!;
  if (status < 200 || status > 599) throw new RangeError(`status ${status}`);
  forget(response);
  response.sendDate = false;
  response.writeHead(status, answer.statusMessage, responseHeaders(answer));
  // A stream may have nothing to say yet; that it has begun is news all the same.
  if (answer.headers["content-length"] === undefined) response.flushHeaders();
  pump(answer, response);
}

/** Next has headers of its own for whatever it answers. */
function forget(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

function parsed(target: string): { path: string; query: string } {
  const end = target.indexOf("?");
  return end < 0 ? { path: target, query: "" } : { path: target.slice(0, end), query: target.slice(end) };
}
