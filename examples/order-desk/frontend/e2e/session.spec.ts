import { ask, csrfToken, expect, fillLogin, logIn, login, orderOf, orders, placeOrder, test } from "./preview";

const shipping = /Mark as shipped/;

test.describe("a wrong password", () => {
  test.use({ provoked: /^400 \/api\/session\/$/ });

  test("logs nobody in", async ({ page }) => {
    await page.goto("/login");
    await fillLogin(page, `not ${login.password}`);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
    await page.goto("/");
    await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
  });
});

test("a login is a cookie of this host alone, out of reach for scripts", async ({ page, context, baseURL }) => {
  await logIn(page);
  const { protocol, hostname } = new URL(baseURL ?? "");
  const https = protocol === "https:";
  const session = (await context.cookies()).find(({ name }) => name === (https ? "__Host-sessionid" : "sessionid"));
  expect(session).toMatchObject({ domain: hostname, path: "/", httpOnly: true, secure: https, sameSite: "Lax" });
  expect(await page.evaluate(() => document.cookie)).toBe("");
});

test("shipping takes a login, and bears its name", async ({ page, item }) => {
  await placeOrder(page, item);
  await expect(page.getByRole("button", { name: shipping })).toHaveCount(0);
  await logIn(page);
  const order = orderOf(page, item);
  await order.getByRole("button", { name: shipping }).click();
  await expect(order).toContainText(`by ${login.username}`);
  await expect(order.getByRole("button", { name: shipping })).toHaveCount(0);
});

test.describe("a change without the CSRF token", () => {
  test.use({ provoked: /^403 \/api\/orders\/\d+\/ship\/$/ });

  test("is refused, also with a session", async ({ page, item }) => {
    await placeOrder(page, item);
    await logIn(page);
    const id = (await orders(page)).results.find((order) => order.item === item)?.id;
    const ship = (headers: Record<string, string>) => ask(page, "POST", `/api/orders/${id}/ship/`, { headers });
    expect((await ship({})).status).toBe(403);
    expect((await ship({ "X-CSRFToken": await csrfToken(page) })).status).toBe(200);
  });
});

test.describe("a session that has ended meanwhile", () => {
  test.use({ provoked: /^40[13] \/api\/orders\/\d+\/ship\/$/ });

  test("is said at the button, and a reload asks for a login", async ({ page, context, item }) => {
    await placeOrder(page, item);
    await logIn(page);
    await context.clearCookies({ name: /sessionid$/ });
    const order = orderOf(page, item);
    await order.getByRole("button", { name: shipping }).click();
    await expect(order.getByRole("alert").filter({ hasText: /./ })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
    await expect(order).toContainText("New");
  });
});

test("logging out ends the session at Django as well", async ({ page, context }) => {
  await logIn(page);
  const cookies = await context.cookies();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
  // The cookie of before, as someone might have copied it.
  await context.addCookies(cookies);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
});

test("the account page shows who each half takes the visitor for", async ({ page }) => {
  const answer = await page.goto("/account");
  expect(answer?.headers()["cache-control"]).toMatch(/private.*no-store/);
  const orders = page.getByRole("region", { name: "Orders" });
  await expect(orders).toContainText("Not logged in");
  await expect(page.getByRole("region", { name: "Pages" })).toContainText("Not logged in");

  await logIn(page);
  await page.goto("/account");
  await expect(orders).toContainText(`Logged in as ${login.username}`);
  await expect(page.getByRole("region", { name: "Pages" })).toContainText("Not logged in");
  await orders.getByRole("button", { name: "Log out" }).click();
  await expect(orders).toContainText("Not logged in");
});

test.describe("before its scripts are at work", () => {
  test.use({ javaScriptEnabled: false });

  test("a page offers nothing that would be lost, or would put the password into an address", async ({ page }) => {
    for (const path of ["/", "/login"]) {
      await page.goto(path);
      const buttons = page.getByRole("button");
      await expect(buttons).not.toHaveCount(0);
      for (const button of await buttons.all()) await expect(button).toBeDisabled();
    }
  });
});
