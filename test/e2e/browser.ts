import { execa } from "execa";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { caCertificate } from "../../local/cluster";

export const chromiumPath = "/usr/bin/chromium";

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * Debian's Chromium with a profile of its own that trusts the embedded default's CA, so that a certificate error is a
 * failure and not something to click away.
 */
export async function openBrowser(): Promise<Browser> {
  const home = await makeHome();
  const context = await chromium.launchPersistentContext(join(home, "profile"), {
    executablePath: chromiumPath,
    env: { ...process.env, HOME: home },
    viewport: { width: 1280, height: 900 },
    // Nothing but the page is asked for: Chromium's own services are out of reach, and root has no sandbox.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(home, { recursive: true });
    },
  };
}

/** A new HOME for Chromium, which reads the CAs to trust from the NSS database below it. */
export async function makeHome(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "preview-test-browser-"));
  const database = join(home, ".pki/nssdb");
  mkdirSync(database, { recursive: true });
  const certutil = (...args: string[]) => execa("certutil", ["-d", `sql:${database}`, ...args]);
  await certutil("-N", "--empty-password");
  await certutil("-A", "-t", "C,,", "-n", "preview-stack", "-i", caCertificate);
  return home;
}
