import { exchangeOf } from "./exchange.ts";
import { forward } from "./forward.ts";
import { Refusal, refuse } from "./refuse.ts";

/**
 * Answers a request by Django at INTERNAL_API_URL. For route handlers: what it resolves to is for Next only, and comes
 * when the visitor already has the answer.
 *
 * Node's own streams are piped, past Next: they keep headers, encodings and queries as they are, hold back who is too
 * fast, and take a fraction of the time and memory of web streams. Not with `fetch`, which follows its own ideas of
 * encodings and gives up on an event stream that is silent for five minutes.
 */
export async function proxy(request: Request): Promise<Response> {
  const exchange = exchangeOf(request);
  // It came before Next had run instrumentation.ts.
  if (!exchange) return new Response("starting", { status: 503, headers: { "Retry-After": "1" } });

  const { response } = exchange;
  const upstream = URL.parse(process.env.INTERNAL_API_URL ?? "");
  const prefixMode = process.env.API_PREFIX ?? "strip";
  const misconfigured = (detail: string) => refuse(exchange, new Refusal(500, detail));
  if (upstream?.protocol !== "http:") misconfigured("INTERNAL_API_URL must be like http://api:8000.");
  else if (prefixMode !== "strip" && prefixMode !== "keep") misconfigured("API_PREFIX must be strip or keep.");
  else await forward(exchange, { upstream, prefixMode });
  return new Response(null, { status: response.statusCode });
}
