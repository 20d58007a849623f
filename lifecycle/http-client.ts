import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent } from "undici";

/**
 * Connects to public hosts. Those below `.localhost` are on loopback, whatever the resolver says (RFC 6761), as for a
 * browser. A CA of one's own comes from NODE_EXTRA_CA_CERTS.
 */
export function httpClient(): Agent {
  return new Agent({ connect: { lookup: resolve } });
}

const resolve: LookupFunction = (host, options, callback) => {
  if (host === "localhost" || host.endsWith(".localhost")) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    lookup(host, options, callback);
  }
};
