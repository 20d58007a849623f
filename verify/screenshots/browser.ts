import { randomInt } from "node:crypto";
import { cpSync, existsSync, lchownSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, BrowserType } from "playwright-core";
import { UserError } from "../../contract";
import { basicAuth } from "../../clients/http/basic-auth";
import { openOriginProxy } from "./origin-proxy";
import { inTemporaryFolder } from "../../clients/process/temporary-folder";

/**
 * Runs Chrome, or the Chromium that PREVIEW_CHROMIUM names. A pull request controls the pages that it opens. So it runs in its
 * sandbox, as an unprivileged user even if this process is root, without this process's secrets, and can reach only the given
 * origins.
 *
 * @throws UserError if it doesn't start
 */
export async function withBrowser<Result>(
  origins: readonly string[],
  action: (context: BrowserContext) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  return inTemporaryFolder("preview-browser-", async (folder) => {
    const proxy = await openOriginProxy(origins);
    try {
      const context = await launch(folder, proxy.url, origins);
      const close = () => void context.close();
      signal?.addEventListener("abort", close);
      try {
        return await action(context);
      } finally {
        signal?.removeEventListener("abort", close);
        await context.close();
      }
    } finally {
      await proxy.close();
    }
  });
}

/** @throws UserError if playwright-core, an optional dependency, isn't installed */
export function refuseWithoutPlaywright(): void {
  try {
    require.resolve("playwright-core");
  } catch (error) {
    const advice = "run npm ci, which includes optional packages, or omit --screenshots";
    throw new UserError(`--screenshots needs playwright-core, which isn't installed: ${advice}`, { cause: error });
  }
}

async function launch(folder: string, proxy: string, origins: readonly string[]): Promise<BrowserContext> {
  // Loaded lazily, so that other commands start faster.
  const { chromium } = await import("playwright-core");
  const auth = basicAuth();
  const profile = join(folder, "profile");
  mkdirSync(profile);
  try {
    return await chromium.launchPersistentContext(profile, {
      ...(process.getuid?.() === 0 ? asUnprivileged(folder) : asOneself()),
      viewport: { width: 1280, height: 800 },
      acceptDownloads: false,
      httpCredentials: auth && origins.map((origin) => ({ ...auth, origin })),
      chromiumSandbox: true,
      args: [
        `--proxy-server=${proxy}`,
        // By default Chrome bypasses the proxy for loopback, including all hosts below .localhost.
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        // UDP would bypass the proxy. Older versions of Chrome know only the last name.
        "--disable-quic",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
      ],
      // The caller handles signals.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    throw new UserError(`no screenshot: ${whyNot(error as Error)}`, { cause: error });
  }
}

type Launch = Parameters<BrowserType["launchPersistentContext"]>[1];

const asOneself = (): Launch => {
  const executablePath = process.env.PREVIEW_CHROMIUM || undefined;
  return {
    ...(executablePath === undefined ? { channel: "chrome" } : { executablePath }),
    env: variables(["PATH", "HOME", "TMPDIR", "LANG"]),
  };
};

/** The path in Google's Linux packages. */
const googleChrome = "/opt/google/chrome/chrome";

/** A random user id from systemd's range for DynamicUser, which no real user has. It also gets the CAs that root's browser trusts. */
function asUnprivileged(folder: string): Launch {
  const executable = process.env.PREVIEW_CHROMIUM || googleChrome;
  if (!existsSync(executable)) {
    throw new Error(`there is no ${executable}`);
  }
  const uid = randomInt(61_184, 65_520);
  const authorities = join(homedir(), ".pki");
  if (existsSync(authorities)) {
    cpSync(authorities, join(folder, ".pki"), { recursive: true });
  }
  for (const path of ["", ...(readdirSync(folder, { recursive: true }) as string[])]) {
    lchownSync(join(folder, path), uid, uid);
  }
  return {
    executablePath: join(__dirname, "unprivileged.sh"),
    env: { ...variables(["PATH", "LANG"]), HOME: folder, TMPDIR: folder, CHROME: executable, CHROME_UID: String(uid) },
  };
}

/** The named variables of this process. */
const variables = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, process.env[name]]));

function whyNot({ message }: Error): string {
  if (/sandboxing failed|No usable sandbox|SUID sandbox/.test(message)) {
    return (
      "Chrome can't use its sandbox here, and isn't started without it: allow user namespaces, or install its " +
      "setuid helper (chromium-sandbox on Debian)"
    );
  }
  const said = /\[err\] (.+)/.exec(message)?.[1];
  const advice = "install Google Chrome, or set PREVIEW_CHROMIUM to the path of a Chromium";
  if (said !== undefined && process.getuid?.() === 0) {
    return `${said}; run by root, it needs setpriv and a browser that every user can execute: ${advice}`;
  }
  return `${said ?? message.split("\n")[0]}; ${advice}`;
}
