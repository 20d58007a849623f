import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent } from "undici";

/**
 * Connects to public hosts. Those below `.localhost` are on loopback, whatever the resolver says (RFC 6761), as for a
 * browser. A CA of one's own comes from NODE_EXTRA_CA_CERTS; `ca` takes the place of all others.
 */
export function httpClient(ca?: readonly string[]): Agent {
  // An HTTP/2 stream that the other side breaks off would end the process, and not only its request. Six connections to
  // a host, like a browser: a preview is small.
  return new Agent({ allowH2: false, connections: 6, connect: { lookup: resolve, ca: ca && [...ca] } });
}

const resolve: LookupFunction = (host, options, callback) => {
  if (host === "localhost" || host.endsWith(".localhost")) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    lookup(host, options, callback);
  }
};
