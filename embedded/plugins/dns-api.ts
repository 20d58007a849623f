import { join } from "node:path";
import { request } from "undici";
import {
  assertPortIsFree,
  type Daemon,
  isCurrent,
  loopbackAddress,
  startDaemon,
  stopDaemon,
  waitUntil,
} from "../cluster";
import { programsOf } from "../toolchain";

const port = 8453;

/** Makes clients of Cloudflare's API use the stand-in. The token only has the format of a real one. */
export const dnsApiVariables = {
  CLOUDFLARE_BASE_URL: `http://${loopbackAddress}:${port}/client/v4`,
  CLOUDFLARE_API_TOKEN: "local-stand-in-for-Cloudflare-not-secret",
};

/** The program of the stand-in, both its plugin and its API. */
export const cloudflareProgram = (): string =>
  join(programsOf("pulumi"), "plugins/cloudflare/pulumi-resource-cloudflare");

/**
 * Starts the stand-in for Cloudflare's API, which serves the zones' files, unless it is running. It belongs to the node and
 * stops with it.
 *
 * @param folder LOCAL_DNS_DIR
 * @throws UserError if the port is in use, or with the end of the daemon's log
 */
export async function startDnsApi(folder: string, signal?: AbortSignal): Promise<void> {
  const { CLOUDFLARE_BASE_URL: url, CLOUDFLARE_API_TOKEN: token } = dnsApiVariables;
  const daemon: Daemon = {
    name: "cloudflare-api",
    network: "host",
    command: [
      ...(["env", `LOCAL_DNS_DIR=${folder}`, `CLOUDFLARE_API_TOKEN=${token}`] as const),
      ...[cloudflareProgram(), "serve-api", `${loopbackAddress}:${port}`],
    ],
  };
  if (!isCurrent(daemon)) {
    await stopDaemon(daemon.name);
    await assertPortIsFree(loopbackAddress, port, "stop that program");
    await startDaemon(daemon);
  }
  await waitUntil({
    what: "the stand-in for Cloudflare's API doesn't answer",
    daemons: [daemon],
    timeout: 10,
    condition: () => answers(`${url}/user/tokens/verify`, token),
    signal,
  });
}

async function answers(url: string, token: string): Promise<boolean> {
  const { statusCode, body } = await request(url, { headers: { authorization: `Bearer ${token}` } });
  await body.dump();
  return statusCode === 200;
}
