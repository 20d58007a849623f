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

/** What leads those who look at a zone without Pulumi to the stand-in. The token has the form of a real one, and is none. */
export const dnsApiVariables = {
  CLOUDFLARE_BASE_URL: `http://${loopbackAddress}:${port}/client/v4`,
  CLOUDFLARE_API_TOKEN: "local-stand-in-for-Cloudflare-not-secret",
};

/** The program that is both the stand-in's plugin and its API. */
export const cloudflareProgram = (): string =>
  join(programsOf("pulumi"), "plugins/cloudflare/pulumi-resource-cloudflare");

/**
 * Serves the zones' files as Cloudflare's API, unless that is being done. It is a part of the node: what stops that one
 * ends this as well.
 *
 * @param folder That of LOCAL_DNS_DIR.
 * @throws UserError where the port is taken, or with the daemon's last words
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
    await assertPortIsFree(loopbackAddress, port, "end that one");
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
