import http, { type IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { type PrefixMode, routeOf } from "./path.ts";
import { pump } from "./pump.ts";
import { forget, Refusal, refuse } from "./refuse.ts";
import { type UploadLimits, watchUpload } from "./upload.ts";
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
  readonly timeoutMs?: number;

  readonly upload?: UploadLimits;
}

/** Passes a request on to Django and its answer back, both as streams. Resolves when the exchange is over. */
export async function forward(exchange: Exchange, options: ForwardOptions): Promise<void> {
  const { response, target } = exchange;
  unwrap(response);
  const over = new Promise<void>((resolve) => response.once("close", resolve));
  const { path, query } = parsed(target);
  const route = routeOf(path, options.prefixMode);
  if (route) pass(exchange, route.path + query, route.strippedPrefix, options);
  else refuse(exchange, new Refusal(400, "This path is not allowed."));
  await over;
}

function pass(
  exchange: Exchange,
  path: string,
  strippedPrefix: string | undefined,
  options: ForwardOptions,
  agent = keptConnections,
): void {
  const { request, response } = exchange;
  const { upstream, timeoutMs = 30_000, upload = {} } = options;
  const call = http.request(upstream, {
    agent,
    path,
    method: request.method,
    headers: requestHeaders(request, upstream.host, strippedPrefix),
  });
  let hasReachedDjango = false;
  call.once("socket", (socket) => {
    if (socket.connecting) socket.once("connect", () => (hasReachedDjango = true));
    else hasReachedDjango = true;
  });
  let answer: IncomingMessage | undefined;
  const fail = (error: Error) => {
    // The visitor has left, has been told, or gets the whole answer: nobody waits for what Django sends after that.
    if (response.closed || response.writableEnded || answer?.complete) return;
    console.error(`${request.method} ${path}: ${String(error)}`);
    // Half an answer must not be taken for a whole one.
    if (response.headersSent) response.destroy();
    else refuse(exchange, error instanceof Refusal ? error : new Refusal(502, unreached()));
  };
  // A client that sends it again, in good faith that nothing was done, would have placed two orders.
  const mayBeDone = () => hasReachedDjango && !isSafe(request);
  const unreached = () => (mayBeDone() ? `The API broke off. ${MAY_BE_DONE}` : "The API can’t be reached.");
  const unanswered = () => `The API did not answer in time.${mayBeDone() ? ` ${MAY_BE_DONE}` : ""}`;
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
  call.setTimeout(timeoutMs, () => {
    // While an upload isn't complete, it may be the visitor who pauses.
    const isDjangosTurn = request.complete || call.writableNeedDrain;
    if (!answer && isDjangosTurn) call.destroy(new Refusal(504, unanswered()));
  });
  call.on("error", (error: NodeJS.ErrnoException) => {
    const isClosedMeanwhile = call.reusedSocket && !answer && error.code === "ECONNRESET";
    if (isClosedMeanwhile && !response.closed && isRepeatable(request)) {
      pass(exchange, path, strippedPrefix, options, newConnections);
    } else fail(error);
  });
  // A visitor who leaves takes the request to Django along. An upload that has its answer needs no end.
  response.once("close", () => {
    if (!response.writableFinished || !call.writableFinished) call.destroy();
  });
  if (!hasBody(request)) return void call.end();
  watchUpload(request, upload, (refusal) => {
    fail(refusal);
    call.destroy();
  });
  pump(request, call);
}

const MAY_BE_DONE = "It may have done what you asked for: look before you send it again.";

/**
 * RFC 9110, section 9.2.2: what a client may send again by itself when an idle connection is closed just as it is used.
 * Django's pods do that when another commit takes their place.
 */
const isRepeatable = (request: IncomingMessage) => isSafe(request) && !hasBody(request);

/** RFC 9110, section 9.2.1: asks for nothing to be changed. */
const isSafe = ({ method }: IncomingMessage) => ["GET", "HEAD", "OPTIONS"].includes(method!);

const hasBody = ({ headers }: IncomingMessage) =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

/** @throws Error where the answer's first lines can't be repeated */
function passBack(answer: IncomingMessage, response: ServerResponse): void {
  const status = answer.statusCode!;
  if (status < 200 || status > 599) throw new RangeError(`status ${status}`);
  forget(response);
  response.sendDate = false;
  // One by one: code that wraps `writeHead` seldom knows the flat list that it takes as well.
  const headers = responseHeaders(answer);
  for (let index = 0; index < headers.length; index += 2) response.appendHeader(headers[index]!, headers[index + 1]!);
  response.writeHead(status, answer.statusMessage);
  // A stream may have nothing to say yet; that it has begun is news all the same.
  if (answer.headers["content-length"] === undefined) response.flushHeaders();
  pump(answer, response);
}

/**
 * Takes off what others have put over Node's own methods. Next's compression (`compress: true`, its default) would hold
 * back events and spoil parts of files: whether an answer is compressed, Django has decided.
 */
function unwrap(response: ServerResponse): void {
  for (const [name, value] of Object.entries(response)) {
    if (typeof value === "function" && name in ServerResponse.prototype) Reflect.deleteProperty(response, name);
  }
}

function parsed(target: string): { path: string; query: string } {
  const end = target.indexOf("?");
  return end < 0 ? { path: target, query: "" } : { path: target.slice(0, end), query: target.slice(end) };
}
