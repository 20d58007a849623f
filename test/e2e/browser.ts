import { execa } from "execa";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { caCertificate, checkout } from "../../embedded";

export const chromiumPath = "/usr/bin/chromium";

interface Running {
  readonly browser: Browser;
  readonly home: string;
}

let running: Promise<Running> | undefined;

/**
 * A visitor with their own cookies, in Debian's Chromium. That is started once and trusts the embedded default's CA, so
 * that a certificate error is a failure and not something to click away.
 */
export async function visitor(): Promise<BrowserContext> {
  running ??= start();
  const { browser } = await running;
  return browser.newContext({ viewport: { width: 1280, height: 900 } });
}

async function start(): Promise<Running> {
  const home = await makeHome();
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    env: { ...process.env, HOME: home },
    // Only the page is requested: Chromium's own services are unreachable, and root has no sandbox.
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
  return { browser, home };
}

/** Saves a picture of the page of a failed test, to find the reason. */
export async function keepPicture(page: Page, title: string): Promise<void> {
  const path = join(checkout, "test-results", `${title.replaceAll(/\W+/g, "-")}.png`);
  const outcome = await page.screenshot({ path, fullPage: true }).then(
    () => `is shown in ${relative(checkout, path)}`,
    (error: Error) => `can't be shown: ${error.message}`,
  );
  console.error(`${page.url()} ${outcome}`);
}

/** Closes the browser if it was started. */
export async function closeBrowser(): Promise<void> {
  if (running !== undefined) {
    const { browser, home } = await running;
    running = undefined;
    await browser.close();
    rmSync(home, { recursive: true });
  }
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
