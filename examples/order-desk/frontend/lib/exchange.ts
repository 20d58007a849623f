import { randomUUID } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

/** A request and its answer as Node has them, of which Next shows a route handler only a copy. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query as they were sent. */
  readonly target: string;
}

/** Finds an exchange for a copy of its request. It replaces any header of that name from outside. */
const HEADER = "x-web-exchange";
/** What Next can route: no escapes, nothing that it would redirect or that isn't UTF-8. */
const PLAIN = /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)*\/?$/;
/** In whose place another path stands, so that Next still finds the proxy's own route. */
const PREFIXES = ["/api/", "/auth/callback/"];

// Next bundles instrumentation and route handlers apart, each with a copy of this module.
const shared = globalThis as { exchanges?: Map<string, Exchange> };

/**
 * Records every exchange as soon as Node has read the head of its request. What Next makes of it isn't what a proxy
 * needs: it parses a query and writes it anew (`%20` becomes `+`), answers paths that it can't decode with 500, and
 * pumps bodies through web streams, which takes more memory than they are long.
 */
export function rememberExchanges(): void {
  if (shared.exchanges) return;
  const exchanges = (shared.exchanges = new Map());
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const target = request.url ?? "";
    const id = randomUUID();
    exchanges.set(id, { request, response, target });
    response.once("close", () => exchanges.delete(id));
    request.headers[HEADER] = id;
    request.url = routable(target);
    if (proxiedPrefixOf(target))
      for (const name of Object.keys(request.headers).filter(isOfNext)) delete request.headers[name];
  });
}

export function exchangeOf(request: Request): Exchange | undefined {
  return shared.exchanges?.get(request.headers.get(HEADER) ?? "");
}

/** The path as it was sent, without the query. */
export function sentPathOf(request: Request): string {
  return exchangeOf(request)?.target.split("?", 1)[0] ?? new URL(request.url).pathname;
}

/** What Next is to route: the target itself, or for the proxy's unusual ones a path that stands for it. */
export function routable(target: string): string {
  const prefix = proxiedPrefixOf(target);
  return prefix === undefined || PLAIN.test(target.split("?", 1)[0]!) ? target : `${prefix}-`;
}

const proxiedPrefixOf = (target: string) => PREFIXES.find((prefix) => target.startsWith(prefix));

/** With such a header Next takes a request for one by its own pages, and may redirect it. */
const isOfNext = (name: string) => name === "rsc" || name.startsWith("next-");
