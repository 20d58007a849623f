import type { IncomingMessage } from "node:http";

/** RFC 9110, section 7.6.1: they are between two neighbours, and not for the next hop. */
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

/** What an ingress sets. Others of their kind come from outside, and Django could be made to believe them. */
const FORWARDED = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-server",
];

/**
 * What Django gets to see, in Node's flat list of names and values: everything as it was sent, but for the headers of
 * one connection. X-Forwarded-Host, -Proto and -For stay as the ingress has set them, and are filled in where there is
 * none; a second value is never added, which Django would refuse.
 */
export function requestHeaders(request: IncomingMessage, upstreamHost: string, strippedPrefix?: string): string[] {
  const { rawHeaders, headers, socket } = request;
  // Not from `headers`, in which Next fills in what it guesses.
  const names = new Set(rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  const sent = endToEnd(
    rawHeaders,
    (name) => name === "host" || name === "expect" || name === "forwarded" || isForeignForwarded(name),
  );
  const own = [["Host", upstreamHost]];
  if (!names.has("x-forwarded-host")) own.push(["X-Forwarded-Host", headers.host ?? upstreamHost]);
  if (!names.has("x-forwarded-proto")) own.push(["X-Forwarded-Proto", "http"]);
  if (!names.has("x-forwarded-for")) own.push(["X-Forwarded-For", socket.remoteAddress ?? ""]);
  if (strippedPrefix) own.push(["X-Forwarded-Prefix", strippedPrefix]);
  if (names.has("transfer-encoding")) own.push(["Transfer-Encoding", "chunked"]);
  // Without a length Node would announce a body where there is none.
  else if (!names.has("content-length") && ["POST", "PUT", "PATCH"].includes(request.method ?? "")) {
    own.push(["Content-Length", "0"]);
  }
  return [...own.flat(), ...sent];
}

/** What the browser gets to see: everything as Django sent it, but for the headers of one connection. */
export const responseHeaders = (answer: IncomingMessage): string[] => endToEnd(answer.rawHeaders);

/** Without the headers of one connection: the usual ones and those that its Connection header names. */
function endToEnd(raw: readonly string[], isDropped: (name: string) => boolean = () => false): string[] {
  const pairs = Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!, raw[2 * index + 1]!] as const);
  const named = pairs
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((name) => name.trim().toLowerCase()))
    // A client must not make us forget what the ingress has said about it, nor how long its body is.
    .filter((name) => !name.startsWith("x-forwarded-") && name !== "content-length");
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase()) && !isDropped(name.toLowerCase())).flat();
}

const isForeignForwarded = (name: string) => name.startsWith("x-forwarded-") && !FORWARDED.includes(name);
