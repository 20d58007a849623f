import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { query } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { type Browser, openBrowser } from "./browser";

const screenshots = join(__dirname, "../../test-results");

/** Steps that build on each other, as a reviewer takes them. */
describe("the order desk in a browser", () => {
  const password = randomBytes(12).toString("hex");
  const preview = new Preview(90051);
  let browser: Browser;
  let page: Page;

  before(async () => {
    await preview.init({ api: { ...preview.settings.api, secrets: { DEMO_USER_PASSWORD: password } } });
    await preview.up();
    browser = await openBrowser();
    page = await browser.context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") {
      const name = this.currentTest.title.replaceAll(/\W+/g, "-");
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    }
  });
  after(async () => {
    await browser?.close();
    await preview.close();
  });

  it("opens on its public host with orders that the server rendered", async () => {
    const answer = await page.goto(preview.names.origin);
    assert.equal(answer?.status(), 200);
    assert.match(await answer.text(), /Little Heron/);
    assert.equal(await page.getByRole("heading", { level: 1 }).isVisible(), true);
  });

  it("shows what the API refuses beside the field", async () => {
    await page.getByLabel("Item").fill("Browser test item");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText("Please choose a customer.").waitFor();
  });

  it("takes an order through the form", async () => {
    await page.getByLabel("Customer").selectOption({ index: 1 });
    await page.getByLabel("Quantity").fill("7");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByText(/is on the desk/).waitFor();
  });

  it("still has the order after a reload, and in Postgres", async () => {
    await page.reload();
    await page.getByText("Browser test item").first().waitFor();
    const rows = await query(preview.namespace, "select quantity from orders_order where item = 'Browser test item'");
    assert.equal(rows, "7");
  });

  it("offers shipping to those who are logged in only", async () => {
    assert.equal(await page.getByRole("button", { name: /Mark as shipped/ }).count(), 0);
  });

  it("logs in by Django's session through the proxy", async () => {
    await page.getByRole("link", { name: "Log in" }).click();
    await page.getByLabel("Name").fill("reviewer");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("button", { name: "Log out" }).waitFor();
    const cookies = await browser.context.cookies(preview.names.origin);
    const session = cookies.find(({ name }) => name === "__Host-sessionid");
    assert.deepEqual(
      { secure: session?.secure, httpOnly: session?.httpOnly, path: session?.path, domain: session?.domain },
      { secure: true, httpOnly: true, path: "/", domain: preview.names.host },
    );
  });

  it("ships the order under the reviewer's name", async () => {
    const row = page.getByRole("listitem").filter({ hasText: "Browser test item" });
    await row.getByRole("button", { name: /Mark as shipped/ }).click();
    await row.getByText(/by reviewer/).waitFor();
  });

  it("opens Django's admin with its style, in the same session", async () => {
    const failed: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400) {
        failed.push(`${response.status()} ${response.url()}`);
      }
    });
    await page.goto(`${preview.names.origin}/api/admin/`);
    await page.getByRole("heading", { name: "Administration" }).waitFor();
    const header = page.locator("#header");
    assert.notEqual(await header.evaluate((element) => getComputedStyle(element).backgroundColor), "rgba(0, 0, 0, 0)");
    assert.deepEqual(failed, []);
    await page.getByRole("link", { name: "Orders", exact: true }).first().click();
    assert.ok(page.url().startsWith(`${preview.names.origin}/api/admin/orders/`), page.url());
  });
});
