import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { type Dispatcher, Headers } from "undici";
import { limits } from "../contract";
import { anyOf } from "../clients/process/signals";

/** The beginning of a response that may never end. */
export interface Beginning {
  /** Undefined if nothing arrived in time. */
  readonly status?: number;
  readonly headers?: Headers;
  /** Its first chunk, decoded; empty if none arrived in time. */
  readonly text: string;
  /** The time limit. */
  readonly seconds: number;
}

/** Opens a stream as a browser would, and closes it after the first chunk. */
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
        // Compression is what buffers events.
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
