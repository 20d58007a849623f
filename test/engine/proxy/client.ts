import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as send, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as sendSecurely } from "node:https";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { caCertificate, loopbackAddress } from "../../../embedded";

export interface Question {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string | Readable;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly length: number;
  readonly digest: string;
  /** The first bytes, as text. */
  readonly text: string;
}

/**
 * Asks an origin, on loopback whatever its host resolves to, and resolves when the answer begins. Not with `fetch` or
 * undici: the target is sent as it stands here.
 */
export async function begin(origin: string, target: string, question: Question = {}): Promise<IncomingMessage> {
  const { body, ...rest } = question;
  const { protocol, hostname, port } = new URL(origin);
  const options = { ...rest, path: target, host: loopbackAddress, port, agent: false } as const;
  const call =
    protocol === "https:"
      ? sendSecurely({
          ...options,
          ca: readFileSync(caCertificate),
          servername: hostname,
          headers: { Host: `${hostname}:${port}`, ...rest.headers },
        })
      : send(options);
  if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) {
    call.end(body);
  } else {
    body.on("error", () => call.destroy()).pipe(call);
  }
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return answer;
}

/** Sends a request and reads the whole response. */
export async function ask(origin: string, target: string, question?: Question): Promise<Answer> {
  const answer = await begin(origin, target, question);
  const hash = createHash("sha256");
  let length = 0;
  let text = "";
  for await (const piece of answer as AsyncIterable<Buffer>) {
    hash.update(piece);
    length += piece.length;
    if (text.length < 4096) {
      text += piece.toString();
    }
  }
  return { status: answer.statusCode, headers: answer.headers, length, digest: hash.digest("hex"), text };
}

/** Uploads over HTTP/2, which needs no length, and resolves to the response. */
export async function uploadByHttp2(
  origin: string,
  target: string,
  method: string,
  pieces: readonly Buffer[],
): Promise<string> {
  const { hostname, port, host } = new URL(origin);
  const session = connect(`https://${loopbackAddress}:${port}`, {
    ca: readFileSync(caCertificate),
    servername: hostname,
  });
  try {
    const stream = session.request({ ":method": method, ":path": target, ":authority": host });
    Readable.from(pieces).pipe(stream);
    return await text(stream);
  } finally {
    session.close();
  }
}

/** The same bytes as Django's `content`, for comparison. */
export function content(start: number, end: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: end - start }, (_, index) => (start + index) % 251));
}

export const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");
