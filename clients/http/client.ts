import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent } from "undici";

/**
 * The longest body that is read, in bytes, as it comes and as it is decoded: whatever a preview answers must fit into this
 * process many times over.
 */
export const longestBody = 8 * 2 ** 20;

/**
 * Connects to public hosts. Those below `.localhost` are on loopback, whatever the resolver says (RFC 6761), as for a
 * browser. A CA of one's own comes from NODE_EXTRA_CA_CERTS; `ca` takes the place of all others. A body
 * that is longer than {@link longestBody} is an error, `UND_ERR_RES_EXCEEDED_MAX_SIZE`.
 */
export function httpClient(ca?: readonly string[]): Agent {
  // An HTTP/2 stream that the other side breaks off would end the process, and not only its request. Six connections to
  // a host, like a browser: a preview is small.
  return new Agent({
    allowH2: false,
    connections: 6,
    maxResponseSize: longestBody,
    connect: { lookup: lookupHost, ca: ca && [...ca] },
  });
}

/** Hosts below `.localhost` are on loopback. */
export const lookupHost: LookupFunction = (host, options, callback) => {
  if (host === "localhost" || host.endsWith(".localhost")) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    lookup(host, options, callback);
  }
};
