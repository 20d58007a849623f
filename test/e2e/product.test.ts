import assert from "node:assert/strict";
import { execa } from "execa";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { kubectl, query } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { chromiumPath, makeHome, openBrowser } from "./browser";

const checkout = join(__dirname, "../..");
const frontend = join(checkout, "example/frontend");

describe("the reference product in a browser", () => {
  const preview = new Preview(90301);
  const { origin, namespace } = preview.names;

  before(async () => {
    await preview.init();
    await preview.up();
  });
  after(() => preview.close());

  it("passes its own browser suite, as any preview of it would", async () => {
    await execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd: frontend });
    const home = await makeHome();
    const command = ["npm", "run", "e2e", "--", "--output", join(checkout, "test-results/product")];
    const { all, exitCode } = await execa(join(checkout, "bin/preview.mjs"), ["test", origin, "--", ...command], {
      cwd: frontend,
      env: { ...(await loginOf(namespace)), HOME: home, PREVIEW_CHROMIUM: chromiumPath },
      all: true,
      reject: false,
    });
    rmSync(home, { recursive: true });
    assert.equal(exitCode, 0, all);
    assert.match(all, /^ {2}[1-9]\d* passed/m);
    assert.doesNotMatch(all, /\b(skipped|flaky|did not run)\b/);
    // The suite takes its own orders away.
    assert.equal(await query(namespace, "select count(*) from orders_order where item like 'Browser test%'"), "0");
  });

  it("keeps an order from the browser in its Postgres", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.context.newPage();
      await page.goto(origin);
      await page.getByLabel("Customer").selectOption({ index: 1 });
      await page.getByLabel("Item").fill("From a browser");
      await page.getByLabel("Quantity").fill("7");
      await page.getByRole("button", { name: "Place order" }).click();
      await page.getByText(/is on the desk/).waitFor();
    } finally {
      await browser.close();
    }
    assert.equal(await query(namespace, "select quantity from orders_order where item = 'From a browser'"), "7");
  });
});

/** As whoever may read the preview's Secret has it. */
async function loginOf(namespace: string): Promise<Record<string, string>> {
  const secret = JSON.parse(await kubectl("get", "secret", "demo-login", "-n", namespace, "-o", "json")) as {
    data: { username: string; password: string };
  };
  const text = (encoded: string) => Buffer.from(encoded, "base64").toString();
  return { PREVIEW_USERNAME: text(secret.data.username), PREVIEW_PASSWORD: text(secret.data.password) };
}
