import { readFileSync } from "node:fs";
import { Agent } from "undici";
import { caCertificate, loopbackAddress } from "./cluster";

/**
 * Connects to hosts below `.localhost` as a browser does: on loopback, whatever the resolver says (RFC 6761), trusting
 * the embedded default's own CA and no other.
 */
export function embeddedDispatcher(): Agent {
  return new Agent({
    connect: {
      ca: readFileSync(caCertificate),
      lookup: (_host, _options, callback) => {
        callback(null, [{ address: loopbackAddress, family: 4 }]);
      },
    },
  });
}
