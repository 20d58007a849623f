import { STATUS_CODES } from "node:http";
import type { Exchange } from "./exchange.ts";
import { pageHeaders } from "./page-headers.ts";

/** Why the proxy responds instead of Django. The message is shown to the visitor and must not contain HTML. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Responds instead of Django: with a page if the client accepts HTML, otherwise with JSON. */
export function refuse({ request, response }: Pick<Exchange, "request" | "response">, refusal: Refusal): void {
  const { status, message } = refusal;
  const [type, body] = request.headers.accept?.includes("text/html")
    ? ["text/html; charset=utf-8", page(status, message)]
    : ["application/json", JSON.stringify({ detail: message })];
  forget(response);
  const headers = { "Content-Type": type, "Content-Length": Buffer.byteLength(body), "Cache-Control": "no-store" };
  // With its reason, since Django's may be left that could not be passed on.
  response.writeHead(status, STATUS_CODES[status], { ...pageHeaders, ...headers }).end(body);
}

/** Removes the headers that Next adds to every response. */
export function forget(response: Exchange["response"]): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

function page(status: number, detail: string): string {
  const title = `${status} ${STATUS_CODES[status]}`;
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${detail}</p></html>\n`;
}
