import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { limits, UserError } from "../../contract";
import { refuseWithoutPlaywright, withBrowser } from "./browser";
import type { Target } from "../target";

/** The largest screenshot, in pixels: a page may be of any length. */
const largest = { x: 0, y: 0, width: 4_000, height: 16_000 };

export interface ScreenshotOptions {
  readonly folder: string;
  /** The origin of Django's own host, if the preview has one. */
  readonly apiUrl?: string;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Takes a screenshot of each page in the product file, with the demo login. Skips, and reports, pages that don't open or that
 * lead to another origin.
 *
 * @returns the files, in the order of the pages
 * @throws UserError if there is no browser
 */
export async function takeScreenshots(target: Target, options: ScreenshotOptions): Promise<string[]> {
  const { folder, apiUrl, report, signal } = options;
  const { screenshots } = target.product;
  if (screenshots.length === 0) {
    return [];
  }
  const origins = [target.origin, ...(apiUrl === undefined ? [] : [apiUrl])];
  const takeAll = async (context: BrowserContext) => {
    await context.addCookies(await sessionCookies(target, report));
    const files: string[] = [];
    for (const [index, path] of screenshots.entries()) {
      const file = join(folder, screenshotName(index, path));
      const url = `${target.origin}${path}`;
      try {
        writeFileSync(file, await picture(context, url, report));
        files.push(file);
      } catch (error) {
        signal?.throwIfAborted();
        report(`no screenshot of ${url}: ${firstLine(error)}`);
      }
    }
    return files;
  };
  try {
    return await withBrowser(origins, takeAll, signal);
  } finally {
    await target.end();
  }
}

/** @throws UserError if the folder can't be created or playwright-core isn't installed */
export function makeScreenshotFolder(folder: string): void {
  refuseWithoutPlaywright();
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`--screenshots ${folder} can't be created: ${(error as Error).message}`, { cause: error });
  }
}

/** `2-orders-new.png` for the second page, `/orders/new`. */
export function screenshotName(index: number, path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? ["front"];
  return `${index + 1}-${words.join("-").slice(0, 60)}.png`;
}

/** The session's cookies; none if the login fails, so that pages are taken without one. */
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
      // Required for names that begin with __Host-.
      secure: target.origin.startsWith("https:"),
    }));
  } catch (error) {
    report(`screenshots are without a login: ${firstLine(error)}`);
    return [];
  }
}

async function picture(context: BrowserContext, url: string, report: (message: string) => void): Promise<Buffer> {
  const page = await context.newPage();
  const refuseLeft = watchOrigin(page, new URL(url).origin);
  try {
    const answer = await page.goto(url, { waitUntil: "load", timeout: limits.pageLoadSeconds * 1000 });
    // A page that is never idle is taken anyway.
    await page.waitForLoadState("networkidle", { timeout: limits.pageIdleSeconds * 1000 }).catch(() => undefined);
    const taken = await page.screenshot({ fullPage: true, clip: largest });
    refuseLeft();
    if (answer !== null && !answer.ok()) {
      report(`screenshot of ${url}: it answers ${answer.status()}`);
    }
    return taken;
  } finally {
    await page.close();
  }
}

/** @returns a function that throws if the page was ever at another origin, even briefly */
function watchOrigin(page: Page, origin: string): () => void {
  let left: string | undefined;
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && new URL(frame.url()).origin !== origin) {
      left ??= frame.url();
    }
  });
  return () => {
    if (left !== undefined) {
      throw new Error(`it leads to ${left}`);
    }
  };
}

const firstLine = (error: unknown) => (error as Error).message.split("\n")[0] ?? "";
