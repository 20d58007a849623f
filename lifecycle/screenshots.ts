import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { UserError } from "../contract";
import type { Target } from "./verify/target";

/** What a page has to come to rest, in milliseconds; one that never does is taken as it is. */
const patience = { load: 30_000, rest: 5_000 };

export interface ScreenshotOptions {
  readonly folder: string;
  /** Django's own host, where the preview has one. */
  readonly apiUrl?: string;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Takes a picture of each page that the product file lists, as the demo login sees it.
 *
 * @returns the files, in the pages' order
 * @throws UserError where there is no browser, or a page doesn't open
 */
export async function takeScreenshots(target: Target, options: ScreenshotOptions): Promise<string[]> {
  const { folder, apiUrl, report, signal } = options;
  const { screenshots } = target.product;
  if (screenshots.length === 0) {
    return [];
  }
  const browser = await launch([target.origin, ...(apiUrl === undefined ? [] : [apiUrl])]);
  const close = () => void browser.close();
  signal?.addEventListener("abort", close);
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: false });
    await context.addCookies(await sessionCookies(target, report));
    const files: string[] = [];
    for (const [index, path] of screenshots.entries()) {
      const file = join(folder, screenshotName(index, path));
      await take(context, `${target.origin}${path}`, file, report);
      files.push(file);
    }
    return files;
  } catch (error) {
    throw new UserError(`no screenshot: ${firstLine(error)}`, { cause: error });
  } finally {
    signal?.removeEventListener("abort", close);
    await browser.close();
    await target.end();
  }
}

/** @throws UserError where nothing can be written there */
export function makeScreenshotFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`--screenshots ${folder} can't be made: ${(error as Error).message}`, { cause: error });
  }
}

/** `2-orders-new.png` for the second page, `/orders/new`. */
export function screenshotName(index: number, path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? ["front"];
  return `${index + 1}-${words.join("-").slice(0, 60)}.png`;
}

/**
 * Chrome, or the Chromium that PREVIEW_CHROMIUM names. A pull request decides what it opens: it gets none of this process's
 * secrets and reaches no host but the preview's, so that no picture shows what else can be seen from here.
 */
async function launch(origins: readonly string[]) {
  const isRoot = process.getuid?.() === 0;
  if (isRoot && process.env.CI === "true") {
    throw new UserError("no screenshot: Chrome has no sandbox as root; let the workflow run as another user");
  }
  // Other commands needn't wait for it to be read.
  const { chromium } = await import("playwright-core");
  const executablePath = process.env.PREVIEW_CHROMIUM || undefined;
  try {
    return await chromium.launch({
      ...(executablePath === undefined ? { channel: "chrome" } : { executablePath }),
      chromiumSandbox: !isRoot,
      env: environment(),
      args: [
        `--host-resolver-rules=MAP * ~NOTFOUND, ${origins.map((one) => `EXCLUDE ${new URL(one).hostname}`).join(", ")}`,
      ],
      // Ctrl-C is the caller's.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    throw new UserError(
      `no screenshot: ${firstLine(error)}; install Google Chrome, or say in PREVIEW_CHROMIUM where a Chromium is`,
      { cause: error },
    );
  }
}

/** What it needs of this process's variables. */
const environment = () =>
  Object.fromEntries(["PATH", "HOME", "TMPDIR", "LANG"].map((name) => [name, process.env[name]]));

/** None where nobody can log in: then the pages are as anybody sees them. */
async function sessionCookies(target: Target, report: (message: string) => void) {
  try {
    const { cookies, isLoggedIn } = await target.logIn();
    if (!isLoggedIn) {
      report("screenshots are without a login: the demo login was refused");
    }
    return cookies.map(({ pair, name }) => ({
      name,
      value: pair.slice(name.length + 1),
      url: target.origin,
      // Names that begin with __Host- are taken only so.
      secure: target.origin.startsWith("https:"),
    }));
  } catch (error) {
    report(`screenshots are without a login: ${firstLine(error)}`);
    return [];
  }
}

async function take(
  context: BrowserContext,
  url: string,
  file: string,
  report: (message: string) => void,
): Promise<void> {
  const page = await context.newPage();
  const answer = await page.goto(url, { waitUntil: "load", timeout: patience.load });
  await page.waitForLoadState("networkidle", { timeout: patience.rest }).catch(() => undefined);
  if (answer !== null && !answer.ok()) {
    report(`screenshot of ${url}: it answers ${answer.status()}`);
  }
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}

const firstLine = (error: unknown) => (error as Error).message.split("\n")[0] ?? "";
