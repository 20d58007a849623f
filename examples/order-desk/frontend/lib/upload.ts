import type { IncomingMessage } from "node:http";
import { Refusal } from "./refuse.ts";

/** How long and how slow a request's body may be. */
export interface UploadLimits {
  /** @default 64 MiB, and Django may take less */
  readonly maxBytes?: number;

  /**
   * In each such time, in milliseconds, a body brings 500 bytes a second, unless it is Django who takes no more. Both
   * figures are those of Apache's mod_reqtimeout.
   *
   * @default 20000
   */
  readonly windowMs?: number;
}

const LEAST_BYTES_PER_SECOND = 500;

/** Calls `stop` as soon as a body is longer or slower than it may be: each one that is awaited holds a thread of Django's. */
export function watchUpload(
  request: IncomingMessage,
  { maxBytes = 64 * 2 ** 20, windowMs = 20_000 }: UploadLimits,
  stop: (refusal: Refusal) => void,
): void {
  let length = 0;
  let lengthBefore = 0;
  let isHeldBack = false;
  const clock = setInterval(() => {
    const least = (LEAST_BYTES_PER_SECOND * windowMs) / 1000;
    if (!isHeldBack && length - lengthBefore < least) end(new Refusal(408, "The request came too slowly."));
    lengthBefore = length;
    isHeldBack = request.isPaused();
  }, windowMs);
  const end = (refusal?: Refusal) => {
    clearInterval(clock);
    if (refusal) stop(refusal);
  };
  const tooLong = () => new Refusal(413, `The request is longer than ${maxBytes} bytes.`);

  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return end(tooLong());
  request.on("data", (piece: Buffer) => {
    const wasLonger = length > maxBytes;
    length += piece.length;
    if (length > maxBytes && !wasLonger) end(tooLong());
  });
  request.on("pause", () => (isHeldBack = true));
  request.once("close", () => end());
}
