import { randomBytes } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";
import { variable } from "./variables";

export { expect };

export const login = { username: variable("PREVIEW_USERNAME"), password: variable("PREVIEW_PASSWORD") };

interface Fixtures {
  /** Answers that a test provokes, such as "400 /api/session/". Whatever else goes wrong behind a page fails it. */
  readonly provoked: RegExp | undefined;
  readonly mishaps: void;
  /** An item that nobody else orders. Orders of it are deleted after the test. */
  readonly item: string;
}

/** Playwright's `test`, in which pages must also have nothing to complain of, and which leaves nothing behind. */
export const test = base.extend<Fixtures>({
  provoked: [undefined, { option: true }],
  mishaps: [
    async ({ page, provoked, javaScriptEnabled }, use) => {
      const mishaps: string[] = [];
      page.on("pageerror", (error) => mishaps.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        // What the browser says of a refusal is counted as the answer that it was.
        const ofAnswer = message.text().startsWith("Failed to load resource: the server responded");
        if (message.type() === "error" && !ofAnswer) mishaps.push(`console: ${message.text()}`);
      });
      page.on("response", (response) => {
        const answer = `${response.status()} ${new URL(response.url()).pathname}`;
        if (response.status() >= 400 && !provoked?.test(answer)) mishaps.push(answer);
      });
      page.on("requestfailed", (request) => {
        const reason = request.failure()?.errorText;
        // Going on to the next page ends what the last one still loads; switched-off scripts aren't loaded at all.
        const meant = reason === "net::ERR_ABORTED" || (reason === "csp" && !javaScriptEnabled);
        if (!meant) mishaps.push(`${reason} ${request.url()}`);
      });
      await use();
      expect(mishaps, "nothing goes wrong behind the page").toEqual([]);
    },
    { auto: true },
  ],
  item: async ({ browser }, use) => {
    const item = `Browser test ${randomBytes(4).toString("hex")}`;
    await use(item);
    const page = await browser.newPage();
    await deleteOrders(page, item);
    await page.close();
  },
});

export async function logIn(page: Page): Promise<void> {
  await page.goto("/login");
  await fillLogin(page, login.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("button", { name: "Log out" })).toBeVisible();
}

export async function fillLogin(page: Page, password: string): Promise<void> {
  await page.getByLabel(/name/i).fill(login.username);
  await page.getByLabel("Password").focus();
  // Not `fill`: Playwright would show the password in the message of a failure.
  await page.keyboard.insertText(password);
}

export async function placeOrder(page: Page, item: string): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Customer").selectOption({ index: 1 });
  await page.getByLabel("Item").fill(item);
  await page.getByLabel("Quantity").fill("7");
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page.getByText(/is on the desk/)).toBeVisible();
}

export const orderOf = (page: Page, item: string) => page.getByRole("listitem").filter({ hasText: item });

/** Asks the API as the page does: by the browser's own `fetch`, with its cookies, CA certificates and host names. */
export function ask(page: Page, method: "GET" | "POST", path: string, init: Init = {}): Promise<Answer> {
  return page.evaluate(
    async ({ method, path, headers, form }) => {
      const body = form && new URLSearchParams(form);
      const answer = await fetch(path, { method, headers, body });
      return { status: answer.status, path: new URL(answer.url).pathname, text: await answer.text() };
    },
    { method, path, ...init },
  );
}

interface Init {
  readonly headers?: Record<string, string>;
  readonly form?: Record<string, string>;
}

interface Answer {
  readonly status: number;
  /** Where redirects have led. */
  readonly path: string;
  readonly text: string;
}

/** The token for the next change, which Django makes anew with each login. */
export async function csrfToken(page: Page): Promise<string> {
  return (JSON.parse((await ask(page, "GET", "/api/session/")).text) as { csrf_token: string }).csrf_token;
}

export interface Orders {
  readonly count: number;
  readonly results: { readonly id: number; readonly item: string; readonly customer_name: string }[];
}

/** The newest orders. */
export async function orders(page: Page): Promise<Orders> {
  return JSON.parse((await ask(page, "GET", "/api/orders/")).text) as Orders;
}

/** Through the admin, since the API has no way to delete an order. */
async function deleteOrders(page: Page, item: string): Promise<void> {
  await page.goto("/");
  const mine = (await orders(page)).results.filter((order) => order.item === item);
  if (mine.length === 0) return;
  await logIn(page);
  for (const { id } of mine) {
    const form = { post: "yes", csrfmiddlewaretoken: await csrfToken(page) };
    const answer = await ask(page, "POST", `/api/admin/orders/order/${id}/delete/`, { form });
    if (answer.path !== "/api/admin/orders/order/") throw new Error(`order ${id}: not deleted, ${answer.status}`);
  }
}
