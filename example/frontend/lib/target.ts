import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * Next parses a query and writes it anew before a route handler sees it: `%20` becomes `+`, `?debug` becomes `?debug=`,
 * bytes that aren't UTF-8 are lost. The proxy has to pass on what the browser sent, so we note it down as soon as Node
 * has read it, in a header that replaces any of that name from outside.
 */
export const TARGET = "x-web-request-target";

export function rememberTargets(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[TARGET] = request.url;
  });
}

/** Path and query (with its `?`) as the browser sent them, or as Next has left them where nobody noted them down. */
export function targetOf(request: Request): { path: string; query: string } {
  const { pathname, search } = new URL(request.url);
  const target = request.headers.get(TARGET) ?? pathname + search;
  const end = target.indexOf("?");
  return end < 0 ? { path: target, query: "" } : { path: target.slice(0, end), query: target.slice(end) };
}
