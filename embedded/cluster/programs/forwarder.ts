import type { Daemon } from "./daemon";
import { nodeAddress } from "../layout";

/** The host's address for previews; they can't be reached from other machines. */
export const loopbackAddress = "127.0.0.1";

/** Forwards the public port on the host's loopback to the same port on the node. */
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
