import http from "node:http";
import net from "node:net";
import { release } from "./pump.ts";

/**
 * A connection that is still read when it can no longer be written to. Django may refuse an upload, answer and close;
 * Node would drop the connection, and the answer with it, as soon as a write fails.
 */
class Connection extends net.Socket {
  override push(piece: Buffer | null): boolean {
    const wantsMore = super.push(piece);
    // Node's parser has copied out what it needs, unless the piece is still waiting for it.
    if (piece && this.readableFlowing && this.readableLength === 0) release(piece);
    return wantsMore;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    super._write(chunk, encoding, ignoringClosed(done));
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: (error?: Error | null) => void): void {
    super._writev!(chunks, ignoringClosed(done));
  }
}

/** A reader learns of the end as well, after what had arrived before. */
function ignoringClosed(done: (error?: Error | null) => void) {
  return (error?: NodeJS.ErrnoException | null) =>
    done(error?.code === "EPIPE" || error?.code === "ECONNRESET" ? null : error);
}

class Agent extends http.Agent {
  override createConnection(options: net.NetConnectOpts): net.Socket {
    return new Connection(options).connect(options);
  }
}

/** Idle connections are closed long before gunicorn closes them (75 s), so none is written to just as it goes. */
export const keptConnections = new Agent({ keepAlive: true, timeout: 30_000 });

/** For what a kept connection has failed at. */
export const newConnections = new Agent({ keepAlive: false });

// Next ends when its last answer has, which an event stream may never do. Others have as long as gunicorn gives them.
process.once("SIGTERM", () =>
  setTimeout(() => [keptConnections, newConnections].forEach((agent) => agent.destroy()), 3_000).unref(),
);
