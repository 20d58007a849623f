import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";

/**
 * As `source.pipe(target)`, with two differences: a piece's memory is given back as soon as it is sent, and what a
 * closed target doesn't want any more is read and dropped, since the sender is to get its answer.
 */
export function pump(source: IncomingMessage, target: ClientRequest | ServerResponse): void {
  source.on("data", (piece: Buffer) => {
    if (!target.destroyed && !target.write(piece, () => release(piece))) source.pause();
  });
  source.on("end", () => {
    if (!target.destroyed) target.end();
  });
  target.on("drain", () => source.resume());
  target.on("close", () => source.resume());
}

/** Frees a buffer that nobody will read again. V8 would let 64 MB of them pile up before it looks. */
export function release(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength && piece.buffer instanceof ArrayBuffer) piece.buffer.transfer(0);
}
