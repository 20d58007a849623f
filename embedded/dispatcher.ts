import { readFileSync } from "node:fs";
import { Agent } from "undici";
import { caCertificate, loopbackAddress } from "./cluster";

/**
 * Connects to hosts below `.localhost` as a browser does: always on loopback (RFC 6761). Trusts only the embedded default's CA.
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
