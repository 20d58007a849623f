import { AxeBuilder } from "@axe-core/playwright";
import { expect, logIn, test } from "./preview";

const pages = { "the desk": "/", "the login": "/login", "the account": "/account", "a missing page": "/nothing-here" };

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, provoked: /^404 \/nothing-here$/ });

    for (const [name, path] of Object.entries(pages)) {
      test(`${name} can be used by everyone`, async ({ page }) => {
        await page.goto(path);
        expect(await violations(page)).toEqual([]);
      });
    }

    test("the desk can be used by everyone who is logged in", async ({ page }) => {
      await logIn(page);
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("a keyboard is enough to log in", async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.getByRole("link", { name: "Log in" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
});

/** What axe finds against WCAG 2.2, levels A and AA, and its own best practices. */
async function violations(page: ConstructorParameters<typeof AxeBuilder>[0]["page"]): Promise<string[]> {
  const found = (await new AxeBuilder({ page }).analyze()).violations;
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
