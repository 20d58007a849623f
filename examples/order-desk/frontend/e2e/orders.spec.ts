import { expect, orderOf, orders, placeOrder, test } from "./preview";

test("the desk opens with orders that the server rendered", async ({ page }) => {
  const answer = await page.goto("/");
  const { count, results } = await orders(page);
  const customer = results[0]?.customer_name ?? "";
  expect(customer).not.toBe("");
  expect(await answer?.text()).toContain(customer);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Orders ${count}`);
  await expect(page.getByRole("listitem").filter({ hasText: customer }).first()).toBeVisible();
});

test("the page knows by itself which preview it is in", async ({ page, baseURL }) => {
  await page.goto("/");
  // From the environment at run time. A value frozen into the image would be another preview's, or none.
  await expect(page.getByRole("contentinfo")).toContainText(new URL(baseURL ?? "").hostname);
  await expect(page.getByRole("link", { name: "API" })).toHaveAttribute("href", `${baseURL}/api/`);
});

test.describe("an order that is incomplete", () => {
  test.use({ provoked: /^400 \/api\/orders\/$/ });

  test("is refused in the API's words beside the field", async ({ page, item }) => {
    await page.goto("/");
    await page.getByLabel("Item").fill(item);
    await page.getByRole("button", { name: "Place order" }).click();
    const customer = page.getByLabel("Customer");
    await expect(customer).toHaveAttribute("aria-invalid", "true");
    await expect(customer).toBeFocused();
    await expect(customer).toHaveAccessibleDescription(/./);
  });
});

test("an order is taken, and is still there after a reload", async ({ page, item }) => {
  await placeOrder(page, item);
  await expect(orderOf(page, item)).toContainText("7 ×");
  await page.reload();
  await expect(orderOf(page, item)).toContainText("New");
});

test("the list can be narrowed to a status", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation", { name: "Orders by status" }).getByRole("link", { name: "Shipped" }).click();
  await expect(page).toHaveURL(/\?status=shipped$/);
  await expect(page.getByRole("link", { name: "Shipped" })).toHaveAttribute("aria-current", "page");
  const statuses = page.locator("main li").getByText(/^(New|Packed|Shipped)$/);
  await expect(statuses.first()).toBeVisible();
  expect(new Set(await statuses.allTextContents())).toEqual(new Set(["Shipped"]));
});
