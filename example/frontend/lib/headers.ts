import type { OutgoingHttpHeaders } from "node:http";
import { TARGET } from "./target.ts";

/** RFC 9110, section 7.6.1: they are between two neighbours, and not for whoever comes behind. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * What Django gets to see. X-Forwarded-Host, -Proto and -For stay as the ingress has set them; Next fills in those
 * that are missing, and never adds a second value, which Django would refuse.
 */
export function requestHeaders(request: Request, strippedPrefix?: string): OutgoingHttpHeaders {
  const headers = new Headers(request.headers);
  dropHopByHop(headers);
  // Node writes its own Host (`api:8000`), and has already answered an Expect: 100-continue.
  drop(headers, ["host", "expect", TARGET]);
  // Next drops a GET's body; with its length left behind, Django would wait for it.
  if (!request.body) headers.delete("content-length");
  headers.set("accept-encoding", "identity");
  headers.delete("x-forwarded-prefix");
  if (strippedPrefix) headers.set("x-forwarded-prefix", strippedPrefix);
  return Object.fromEntries(headers);
}

/** What the browser gets to see, made from Node's flat list of names and values, in which each cookie is its own. */
export function responseHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index < raw.length; index += 2) headers.append(raw[index]!, raw[index + 1]!);
  dropHopByHop(headers);
  // The body is passed on decoded, and so with another length.
  drop(headers, ["content-encoding", "content-length"]);
  return headers;
}

/** Drops the headers of one connection: the usual ones and those that its Connection header names. */
function dropHopByHop(headers: Headers): void {
  const nominated = (headers.get("connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  // A client must not make us forget what the ingress has said about it.
  const allowed = nominated.filter((name) => /^[a-z0-9-]+$/.test(name) && !name.startsWith("x-forwarded-"));
  drop(headers, [...HOP_BY_HOP, ...allowed]);
}

function drop(headers: Headers, names: readonly string[]): void {
  for (const name of names) headers.delete(name);
}
