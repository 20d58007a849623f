import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { basicAuth, sendingBasicAuth } from "./basic-auth";

/**
 * The largest body that is read, in bytes, both encoded and decoded: several must fit into memory, whatever a preview answers.
 */
export const longestBody = 8 * 2 ** 20;

/**
 * Connects to public hosts. Those below `.localhost` are on loopback, whatever the resolver says (RFC 6761), as in a browser.
 * NODE_EXTRA_CA_CERTS adds CAs; `ca` replaces all of them. A body of more than {@link longestBody} is an error,
 * `UND_ERR_RES_EXCEEDED_MAX_SIZE`.
 */
export function httpClient(ca?: readonly string[]): Agent {
  // No HTTP/2: a stream that the server aborts would end the process, not only the request. Six connections per host, like a
  // browser: a preview is small.
  return new Agent({
    allowH2: false,
    connections: 6,
    maxResponseSize: longestBody,
    connect: { lookup: lookupHost, ca: ca && [...ca] },
  });
}

/**
 * The same, which gives an ingress the credentials of PREVIEW_BASIC_AUTH.
 *
 * @param origins the previews' own: no other is sent them
 * @throws UserError where the variable is malformed
 */
export function previewClient(origins: readonly string[]): Dispatcher {
  const auth = basicAuth();
  const client = httpClient();
  return auth === undefined ? client : client.compose(sendingBasicAuth(auth, origins));
}

/** Hosts below `.localhost` are on loopback. */
export const lookupHost: LookupFunction = (host, options, callback) => {
  if (host === "localhost" || host.endsWith(".localhost")) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else {
    lookup(host, options, callback);
  }
};
