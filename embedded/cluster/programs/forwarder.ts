import type { Daemon } from "./daemon";
import { nodeAddress } from "../layout";

/** The host's own address on which previews are reached; nobody else on the network sees them. */
export const loopbackAddress = "127.0.0.1";

/** Passes connections to the public port on the host's loopback on to the same port of the node. */
export function forwarder(port: number): Daemon {
  return {
    name: "forwarder",
    network: "host",
    command: [
      "socat",
      `TCP4-LISTEN:${port},bind=${loopbackAddress},reuseaddr,fork,backlog=128,nodelay`,
      `TCP4:${nodeAddress}:${port},nodelay`,
    ],
  };
}
