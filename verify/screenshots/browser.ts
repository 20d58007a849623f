import { randomInt } from "node:crypto";
import { cpSync, existsSync, lchownSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, BrowserType } from "playwright-core";
import { UserError } from "../../contract";
import { openOriginProxy } from "./origin-proxy";
import { inTemporaryFolder } from "../../clients/process/temporary-folder";

/**
 * Chrome, or the Chromium that PREVIEW_CHROMIUM names. A pull request decides what it opens: it runs in its sandbox, as root
 * as a user of its own, gets none of this process's secrets, and reaches no origin but those, so that no page sees what else
 * can be reached from here.
 *
 * @throws UserError where it doesn't start
 */
export async function withBrowser<Result>(
  origins: readonly string[],
  action: (context: BrowserContext) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  return inTemporaryFolder("preview-browser-", async (folder) => {
    const proxy = await openOriginProxy(origins);
    try {
      const context = await launch(folder, proxy.url);
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

/** @throws UserError where the package that drives Chrome, which is optional, isn't installed */
export function refuseWithoutPlaywright(): void {
  try {
    require.resolve("playwright-core");
  } catch (error) {
    const advice = "npm ci installs it, as an optional package; or leave --screenshots out";
    throw new UserError(`--screenshots takes playwright-core, which isn't installed: ${advice}`, { cause: error });
  }
}

async function launch(folder: string, proxy: string): Promise<BrowserContext> {
  // Other commands needn't wait for it to be read.
  const { chromium } = await import("playwright-core");
  const profile = join(folder, "profile");
  mkdirSync(profile);
  try {
    return await chromium.launchPersistentContext(profile, {
      ...(process.getuid?.() === 0 ? asUnprivileged(folder) : asOneself()),
      viewport: { width: 1280, height: 800 },
      acceptDownloads: false,
      chromiumSandbox: true,
      args: [
        `--proxy-server=${proxy}`,
        // Otherwise loopback goes by it, and with that all hosts below .localhost.
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        // UDP knows no proxy. The former name of the second is of Chrome's older versions.
        "--disable-quic",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
      ],
      // Ctrl-C is the caller's.
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

/** Where Google's package puts it on Linux. */
const googleChrome = "/opt/google/chrome/chrome";

/** A user id of those that nobody else has: systemd's for DynamicUser. It may read what all may, and the authorities that root trusts. */
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

/** What it needs of this process's variables. */
const variables = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, process.env[name]]));

function whyNot({ message }: Error): string {
  if (/sandboxing failed|No usable sandbox|SUID sandbox/.test(message)) {
    return (
      "Chrome can't have its sandbox here, and isn't started without: let it use user namespaces, or install its " +
      "setuid helper (Debian's chromium-sandbox)"
    );
  }
  const said = /\[err\] (.+)/.exec(message)?.[1];
  const advice = "install Google Chrome, or say in PREVIEW_CHROMIUM where a Chromium is";
  if (said !== undefined && process.getuid?.() === 0) {
    return `${said}; as root it takes setpriv and a browser that every user may run: ${advice}`;
  }
  return `${said ?? message.split("\n")[0]}; ${advice}`;
}
