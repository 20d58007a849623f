import { expect, fillLogin, logIn, login, test } from "./preview";

test("the admin opens in the same session, with its style, and links below /api", async ({ page }) => {
  await logIn(page);
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(page.getByRole("heading", { name: "Administration" })).toBeVisible();
  await expect(page.locator("#header")).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await page.getByRole("link", { name: "Orders", exact: true }).first().click();
  await expect(page).toHaveURL(/\/api\/admin\/orders\//);
});

test("the admin's own login leads back to where it was asked for", async ({ page }) => {
  await page.goto("/api/admin/orders/order/");
  await expect(page).toHaveURL(/\/api\/admin\/login\/\?next=\/api\/admin\/orders\/order\/$/);
  await fillLogin(page, login.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL(/\/api\/admin\/orders\/order\/$/);
  await expect(page.getByRole("heading", { name: /Select order/ })).toBeVisible();
});

test("the browsable API has its style, and links below /api", async ({ page, baseURL }) => {
  await page.goto("/api/orders/?format=api");
  await expect(page.getByRole("heading", { name: "Order List" })).toBeVisible();
  await expect(page.locator(".navbar").first()).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await page.goto("/api/?format=api");
  await page.getByRole("link", { name: `${baseURL}/api/orders/` }).click();
  await expect(page.getByRole("heading", { name: "Order List" })).toBeVisible();
});
