import { defineConfig } from "@playwright/test";
import { variable } from "./variables";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  forbidOnly: Boolean(process.env.CI),
  // A page that answers slowly is for a measurement to find; here it would only make a result uncertain.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    baseURL: variable("PREVIEW_URL"),
    // No traces: they would hold the password.
    screenshot: "only-on-failure",
    // By default the one that `npx playwright install chromium` brings.
    launchOptions: { executablePath: process.env.PREVIEW_CHROMIUM },
  },
});
