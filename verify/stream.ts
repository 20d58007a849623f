import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { type Dispatcher, Headers } from "undici";
import { limits } from "../contract";
import { anyOf } from "../clients/process/signals";

/** What has come of an answer that may never end. */
export interface Beginning {
  /** Undefined where nothing came in time. */
  readonly status?: number;
  readonly headers?: Headers;
  /** Its first piece, decoded; empty where none came in time. */
  readonly text: string;
  /** How long was waited at most. */
  readonly seconds: number;
}

/** Asks for a stream as a browser would, and leaves as soon as it says something. */
export type Begin = (path: string, signal?: AbortSignal) => Promise<Beginning>;

const decoders = { gzip: createGunzip, br: createBrotliDecompress };

export function beginThrough(dispatcher: Dispatcher, origin: string, seconds = limits.streamStartSeconds): Begin {
  return async (path, given) => {
    const late = AbortSignal.timeout(seconds * 1000);
    const signal = anyOf(late, given);
    let known: Beginning = { text: "", seconds };
    try {
      const answer = await dispatcher.request({
        origin,
        path,
        method: "GET",
        // Compressed, since that is what holds back events.
        headers: { accept: "text/event-stream", "accept-encoding": "gzip, br", "user-agent": "preview-verify" },
        signal,
      });
      const headers = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      known = { ...known, status: answer.statusCode, headers };
      const decode = decoders[headers.get("content-encoding") as keyof typeof decoders];
      const body: Readable = decode === undefined ? answer.body : pipeline(answer.body, decode(), () => undefined);
      for await (const piece of body as AsyncIterable<Buffer>) {
        return { ...known, text: piece.toString() };
      }
    } catch (error) {
      if (!late.aborted) {
        throw error;
      }
    }
    return known;
  };
}
