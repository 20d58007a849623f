import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const lenient = { finishFlush: constants.Z_SYNC_FLUSH };

/**
 * The body of an answer without its content encoding. We ask for none, but some answers come encoded anyway, and
 * Next drops the header that would tell the browser.
 */
export function decoded(answer: IncomingMessage): Readable {
  const encoding = answer.headers["content-encoding"]?.toLowerCase() ?? "identity";
  switch (encoding) {
    case "identity":
      return answer;
    case "gzip":
      return through(answer, createGunzip(lenient));
    case "deflate":
      return through(answer, createInflate(lenient));
    case "br":
      return through(answer, createBrotliDecompress());
    default:
      answer.destroy();
      throw new Error(`unknown content encoding ${encoding}`);
  }
}

function through(answer: IncomingMessage, decoder: Transform): Transform {
  // The callback has nothing to do: `pipeline` has already handed the error to whoever reads.
  pipeline(answer, decoder, () => {});
  return decoder;
}
