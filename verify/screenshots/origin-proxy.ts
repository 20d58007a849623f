import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { urlToHttpOptions } from "node:url";
import { lookupHost } from "../../clients/http/client";

/** A proxy on loopback that allows only the given origins. */
export interface OriginProxy {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  close(): Promise<void>;
}

/** @param origins `https://pr-123.previews.example.com`: scheme, host and port count */
export async function openOriginProxy(origins: readonly string[]): Promise<OriginProxy> {
  const allowed = origins.map((origin) => new URL(origin));
  const sockets = new Set<Socket>();
  const server = createServer((question, answer) => passOn(question, answer, allowed));
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", ({ url }, socket: Duplex, head) => tunnel(url, socket, head, allowed));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await once(server.close(), "close");
    },
  };
}

/** For HTTPS, and for WebSockets of either scheme. */
function tunnel(authority: string | undefined, socket: Duplex, head: Buffer, allowed: readonly URL[]): void {
  const target = allowed.find((url) => authorityOf(url) === authority);
  if (target === undefined) {
    socket.on("error", ignore).end(refusal);
    return;
  }
  const { hostname } = urlToHttpOptions(target);
  const onward = connect({ host: hostname!, port: portOf(target), lookup: lookupHost });
  onward.once("connect", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    onward.write(head);
  });
  pipeline(socket, onward, socket, ignore);
}

/** For plain HTTP, whose requests to a proxy have an absolute URL. */
function passOn(question: IncomingMessage, answer: ServerResponse, allowed: readonly URL[]): void {
  const target = URL.parse(question.url ?? "");
  if (target?.protocol !== "http:" || !allowed.some(({ origin }) => origin === target.origin)) {
    answer.writeHead(403).end();
    return;
  }
  const { method, headers } = question;
  delete headers["proxy-connection"];
  const onward = request(target, { method, headers, lookup: lookupHost }, (response) => {
    try {
      answer.writeHead(response.statusCode!, response.headers);
    } catch {
      // A status such as 050.
      response.destroy();
      answer.destroy();
      return;
    }
    pipeline(response, answer, ignore);
  });
  onward.on("error", () => answer.destroy());
  pipeline(question, onward, ignore);
}

const portOf = ({ protocol, port }: URL): number => Number(port || (protocol === "https:" ? 443 : 80));
const authorityOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;
const refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/** `pipeline` has closed the other end already. */
const ignore = () => undefined;
