import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl, query } from "../engine/kubectl";
import { frontend } from "../engine/frontend";
import { command } from "../faults/small-preview";
import { desk as preview } from "../shared-previews";
import { chromiumPath, makeHome, visitor } from "./browser";

const checkout = join(__dirname, "../..");

/** Addresses in the code of React, Next.js and next-auth, as documentation or as a default for a missing variable. */
const ofLibraries = new Set([
  "http://localhost:3000",
  "http://www.w3.org",
  "https://github.com",
  "https://next-auth.js.org",
  "https://nextjs.org",
  "https://react.dev",
]);

describe("the reference product in a browser", () => {
  const { origin, namespace } = preview.names;

  before(() => preview.open());

  it("passes its own browser suite", async () => {
    const cwd = await frontend();
    const home = await makeHome();
    const command = ["npm", "run", "e2e", "--", "--output", join(checkout, "test-results/product")];
    const { all, exitCode } = await execa(join(checkout, "bin/preview.mjs"), ["test", origin, "--", ...command], {
      cwd,
      env: { ...(await loginOf(namespace)), HOME: home, PREVIEW_CHROMIUM: chromiumPath },
      all: true,
      reject: false,
    });
    rmSync(home, { recursive: true });
    assert.equal(exitCode, 0, all);
    assert.match(all, /^ {2}[1-9]\d* passed/m);
    assert.doesNotMatch(all, /\b(skipped|flaky|did not run)\b/);
    // The suite deletes its own orders.
    assert.equal(await query(namespace, "select count(*) from orders_order where item like 'Browser test%'"), "0");
  });

  // The tests above have used the container; these inspect it and its image.
  describe("its web", () => {
    const inside = (...command: string[]) => kubectl("exec", "-n", namespace, "deployment/web", "--", ...command);
    const built = async (file: string) => JSON.parse(await inside("cat", `.next/${file}`)) as object;

    it("was built without any host or variable of a preview", async () => {
      const hosts = await inside("grep", "-rhoE", "https?://[A-Za-z0-9.:-]+", ".next/static", ".next/server/app");
      const foreign = hosts
        .split("\n")
        .filter((host) => /\.[a-z]{2,}(:\d+)?$|:\d+$/.test(host) && !ofLibraries.has(host));
      assert.deepEqual(foreign, []);
      // What the build doesn't know stays as written in the browser's code, and is undefined there.
      assert.equal(await inside("sh", "-c", "grep -rl NEXT_PUBLIC_ .next/static || true"), "");
      // Pages that depend on the environment aren't prerendered, only those that never change.
      const { routes } = (await built("prerender-manifest.json")) as { routes: object };
      assert.deepEqual(
        Object.keys(routes)
          .filter((route) => !route.startsWith("/_"))
          .sort(),
        ["/healthz", "/icon.svg"],
      );
    });

    it("has no rewrites, redirects or middleware between the browser and Django", async () => {
      const { rewrites, redirects } = (await built("routes-manifest.json")) as Record<string, object>;
      assert.deepEqual(rewrites, { beforeFiles: [], afterFiles: [], fallback: [] });
      // Next.js's redirect of trailing slashes would be here, and make Django's paths loop.
      assert.deepEqual(redirects, []);
      // Either kind of middleware would truncate bodies at 10 MB.
      assert.deepEqual(((await built("server/middleware-manifest.json")) as { middleware: object }).middleware, {});
      const { functions } = (await built("server/functions-config-manifest.json")) as { functions: object };
      assert.equal("/_middleware" in functions, false);
    });

    it("listens on every address, although its pod has a name", async () => {
      const sockets = await inside("cat", "/proc/net/tcp", "/proc/net/tcp6");
      // Address, port 3000, no peer, state LISTEN.
      assert.match(sockets, /: 0+:0BB8 0+:0000 0A /);
      assert.notEqual(await inside("cat", "/etc/hostname"), "0.0.0.0");
    });

    it("never wrote to the image's file system, and contains nothing from the tests", async () => {
      const { config } = (await built("required-server-files.json")) as {
        config: { experimental: { isrFlushToDisk: boolean } };
      };
      assert.equal(config.experimental.isrFlushToDisk, false);
      assert.doesNotMatch(await kubectl("logs", "-n", namespace, "deployment/web"), /EROFS|EACCES|Failed to/);
      assert.doesNotMatch(
        await inside("find", ".", "-path", "./.next/cache", "-prune", "-o", "-print"),
        /playwright|e2e/,
      );
    });
  });

  describe("its screenshots", () => {
    const folder = mkdtempSync(join(tmpdir(), "preview-test-screenshots-"));
    after(() => rmSync(folder, { recursive: true }));
    const up = async (env: Record<string, string>) => {
      const { exitCode, stdout, stderr } = await command(
        ["up", String(preview.pullRequest), "--json", "--screenshots", folder],
        env,
      );
      assert.equal(exitCode, 0, stderr);
      const { screenshots } = JSON.parse(stdout) as { screenshots: string[] };
      return { screenshots, stderr };
    };

    it("are taken after its update", async () => {
      const home = await makeHome();
      const { screenshots, stderr } = await up({ HOME: home, PREVIEW_CHROMIUM: chromiumPath });
      rmSync(home, { recursive: true });
      assert.deepEqual(screenshots, [join(folder, "1-front.png")], stderr);
      assert.doesNotMatch(stderr, /without a login|no screenshot/);
      assert.ok(statSync(screenshots[0]!).size > 10_000, "the page is empty");
    });

    it("are optional: an update says why they couldn't be taken", async () => {
      const { screenshots, stderr } = await up({ PREVIEW_CHROMIUM: "/nonexistent" });
      assert.deepEqual(screenshots, []);
      assert.match(
        stderr,
        /^› no screenshot: .*install Google Chrome, or set PREVIEW_CHROMIUM to the path of a Chromium$/m,
      );
    });
  });

  it("stores an order from the browser in its Postgres", async () => {
    const context = await visitor();
    try {
      const page = await context.newPage();
      await page.goto(origin);
      await page.getByLabel("Customer").selectOption({ index: 1 });
      await page.getByLabel("Item").fill("From a browser");
      await page.getByLabel("Quantity").fill("7");
      await page.getByRole("button", { name: "Place order" }).click();
      await page.getByText(/is on the desk/).waitFor();
    } finally {
      await context.close();
    }
    assert.equal(await query(namespace, "select quantity from orders_order where item = 'From a browser'"), "7");
  });
});

/** As in the preview's Secret. */
async function loginOf(namespace: string): Promise<Record<string, string>> {
  const secret = JSON.parse(await kubectl("get", "secret", "demo-login", "-n", namespace, "-o", "json")) as {
    data: { username: string; password: string };
  };
  const text = (encoded: string) => Buffer.from(encoded, "base64").toString();
  return { PREVIEW_USERNAME: text(secret.data.username), PREVIEW_PASSWORD: text(secret.data.password) };
}
