import assert from "node:assert/strict";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { query } from "../engine/kubectl";
import { placeOrder } from "../engine/orders";
import { DjangoSession } from "../engine/session";
import { Visitor } from "../engine/visitor";
import { desk as preview, provider, sibling } from "../shared-previews";
import { keepPicture, visitor } from "./browser";

describe("auth across the boundary, in a browser", () => {
  const { origin, apiOrigin } = preview.names;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    await Promise.all([preview.open(), sibling.open()]);
    context = await visitor();
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") {
      await keepPicture(page, this.currentTest.fullTitle());
    }
  });
  after(() => context?.close());

  describe("OpenID Connect", () => {
    it("logs in through Django on the provider's own page", async () => {
      await page.goto(`${origin}/login`);
      await page.getByRole("link", { name: "Log in with the company account" }).click();
      await throughProvider(page.getByRole("button", { name: /Log out/ }));
      assert.equal(page.url(), `${origin}/`);
    });

    it("logs in through next-auth as well, without being asked again", async () => {
      await page.goto(`${origin}/account`);
      await page.getByRole("button", { name: "Log in to the pages" }).click();
      await throughProvider(page.getByRole("button", { name: "Log out of the pages" }));
      assert.equal(page.url(), `${origin}/account`);
      assert.match(await half("Pages").innerText(), new RegExp(provider.account.name));
      assert.equal((await webSession(page))?.email, provider.account.email);
    });

    it("logs each half out separately", async () => {
      await page.getByRole("button", { name: "Log out of the orders" }).click();
      await half("Orders").getByText("Not logged in").waitFor();
      assert.match(await half("Pages").innerText(), new RegExp(provider.account.name));
      await page.getByRole("button", { name: "Log out of the pages" }).click();
      await half("Pages").getByText("Not logged in").waitFor();
      assert.equal(await webSession(page), undefined);
    });
  });

  describe("two sibling previews", () => {
    const their = sibling.names.origin;
    const wholeDomain = `Domain=${sibling.names.host.split(".").slice(1).join(".")}; Path=/; Secure`;

    before(async () => {
      for (const host of [origin, their]) {
        await logInToBothHalves(host);
      }
      await page.goto(origin);
    });

    it("set host-only, Secure, HttpOnly cookies", async () => {
      for (const { origin, host } of [preview.names, sibling.names]) {
        const cookies = await context.cookies(origin);
        const names = cookies.map(({ name }) => name);
        for (const name of ["__Host-sessionid", "__Host-csrftoken", "__Host-next-auth.session-token"]) {
          assert.ok(names.includes(name), `${name} is not among ${names.join()}`);
        }
        for (const { name, domain, path, secure, httpOnly, sameSite } of cookies) {
          assert.match(name, /^__Host-/);
          const expected = { domain: host, path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
          assert.deepEqual({ domain, path, secure, httpOnly, sameSite }, expected, name);
        }
      }
    });

    it("can't read each other's session", async () => {
      assert.equal(await page.evaluate(() => document.cookie), "");
      for (const path of ["/api/session/", "/api/orders/", "/api/auth/session", "/api/auth/csrf", "/account"]) {
        assert.equal(await read(page, `${origin}${path}`), 200);
        assert.equal(await read(page, `${their}${path}`), "TypeError", path);
      }
    });

    it("can't set each other's session", async () => {
      const before = await sessionCookies(their);
      assert.ok(before.length >= 2);
      for (const { name } of before) {
        await plant(`${name}=planted; ${wholeDomain}`);
        await plant(`${name}=planted; Path=/; Secure`);
      }
      assert.deepEqual(await sessionCookies(their), before);
      assert.deepEqual(await whoIsLoggedIn(their), { django: true, nextAuth: provider.account.email });
    });

    it("can't change anything with a form or a request sent with the visitor's cookies", async () => {
      const order = await placeOrder(their, "Not to be shipped by a sibling");
      const ship = `${their}/api/orders/${order}/ship/`;
      for (const type of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
        assert.equal(await submitForm(ship, type), 403, type);
      }
      assert.equal(await send(page, ship), "opaque");
      assert.equal(await query(sibling.namespace, `select status from orders_order where id = ${order}`), "new");
    });

    it("can't log each other's visitor out", async () => {
      await submitForm(`${their}/api/auth/signout`, "application/x-www-form-urlencoded");
      await send(page, `${their}/api/auth/signout`);
      assert.equal(await read(page, `${their}/api/session/`, "DELETE"), "TypeError");
      assert.deepEqual(await whoIsLoggedIn(their), { django: true, nextAuth: provider.account.email });
    });

    it("can't log the other's visitor in with an attacker's session", async () => {
      // What an attacker has: valid sessions on the sibling, as the first assertion shows.
      const attacker = new Visitor();
      const session = new DjangoSession(attacker, `${their}/api`);
      await session.logIn(await sibling.login());
      assert.ok((await session.read()).username);
      const sessionOf = (name: string, cookies: readonly { readonly key: string; readonly value: string }[]) =>
        cookies.find(({ key }) => key.endsWith(name))?.value ?? assert.fail(`no cookie ${name}`);
      const visitors = (await context.cookies(their)).map(({ name: key, value }) => ({ key, value }));
      const stolen = {
        django: sessionOf("sessionid", await attacker.cookies(their)),
        nextAuth: sessionOf("next-auth.session-token", visitors),
      };
      await context.clearCookies();

      await page.goto(origin);
      for (const [name, value] of [
        ["sessionid", stolen.django],
        ["__Secure-sessionid", stolen.django],
        ["__Host-sessionid", stolen.django],
        ["next-auth.session-token", stolen.nextAuth],
        ["__Secure-next-auth.session-token", stolen.nextAuth],
        ["__Host-next-auth.session-token", stolen.nextAuth],
        ["__Secure-authjs.session-token", stolen.nextAuth],
      ] as const) {
        await plant(`${name}=${value}; ${wholeDomain}`);
      }
      // The browser does send the sibling cookies set for the whole domain.
      const sent = (await context.cookies(their)).map(({ name }) => name);
      assert.ok(sent.includes("sessionid") && sent.includes("__Secure-next-auth.session-token"), sent.join());
      assert.ok(!sent.some((name) => name.startsWith("__Host-")), sent.join());
      assert.deepEqual(await whoIsLoggedIn(their), { django: false, nextAuth: undefined });
    });

    it("can't log the other's visitor in with a form", async () => {
      const { username, password } = await sibling.login();
      const fields = { username, password };
      assert.equal(await submitForm(`${their}/api/session/`, "application/x-www-form-urlencoded", fields), 403);
      await submitForm(`${their}/api/admin/login/`, "application/x-www-form-urlencoded", fields);
      await submitForm(`${their}/api/auth/callback/oidc`, "application/x-www-form-urlencoded", { code: "x" });
      assert.deepEqual(await whoIsLoggedIn(their), { django: false, nextAuth: undefined });
    });

    it("still log in despite a sibling's planted cookies", async () => {
      await logInToBothHalves(their);
      assert.deepEqual(await whoIsLoggedIn(their), { django: true, nextAuth: provider.account.email });
    });

    async function whoIsLoggedIn(host: string): Promise<{ django: boolean; nextAuth?: string }> {
      const other = await context.newPage();
      await other.goto(host);
      const nextAuth = (await webSession(other))?.email;
      const session = await other.evaluate(async () => (await fetch("/api/session/")).json() as Promise<unknown>);
      await other.close();
      return { django: (session as { username: string | null }).username !== null, nextAuth };
    }

    async function sessionCookies(host: string) {
      const cookies = await context.cookies(host);
      return cookies
        .filter(({ name }) => /session/.test(name))
        .map(({ name, value, domain }) => ({ name, value, domain }))
        .sort((one, other) => one.name.localeCompare(other.name));
    }

    /** Tries to set a cookie from a script in the first preview's page. */
    async function plant(text: string): Promise<void> {
      assert.equal(new URL(page.url()).origin, origin);
      await page.evaluate((cookie) => void (document.cookie = cookie), text);
    }

    /** Submits a form from a page of the first preview, in its own tab. Resolves to the response's status. */
    async function submitForm(action: string, enctype: string, fields: Record<string, string> = {}): Promise<number> {
      const tab = await context.newPage();
      await tab.goto(origin);
      const submit = tab.evaluate(
        ([action, enctype, fields]) => {
          const form = Object.assign(document.createElement("form"), { action, enctype, method: "post" });
          for (const [name, value] of Object.entries(fields)) {
            form.append(Object.assign(document.createElement("input"), { name, value }));
          }
          document.body.append(form);
          form.submit();
        },
        [action, enctype, fields] as const,
      );
      const [answer] = await Promise.all([
        tab.waitForResponse((one) => one.url() === action && one.request().method() === "POST"),
        tab.waitForEvent("load"),
        submit,
      ]);
      await tab.close();
      return answer.status();
    }
  });

  describe("direct access to the API", () => {
    const orders = `${apiOrigin}/orders/`;

    it("works for the preview's own page, with credentials", async () => {
      await page.goto(origin);
      assert.equal(await read(page, orders), 200);
    });

    it("works for a page of a listed origin, with credentials and with a token", async () => {
      await page.goto(`${provider.issuer}/.well-known/openid-configuration`);
      assert.equal(await read(page, orders), 200);
      assert.equal(await readWithToken(page), 401);
    });

    it("is blocked for a sibling's page", async () => {
      await page.goto(sibling.names.origin);
      assert.equal(await read(page, orders), "TypeError");
      assert.equal(await readWithToken(page), "TypeError");
    });

    for (const [host, api] of [
      ["the public host", `${origin}/api`],
      ["the API's own host", apiOrigin],
    ] as const) {
      it(`shows admin and browsable API with their styles on ${host}`, async () => {
        const failed: string[] = [];
        const tab = await context.newPage();
        tab.on("response", (response) => {
          if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
        });
        tab.on("pageerror", (error) => failed.push(error.message));
        for (const [path, styled] of [
          ["/admin/", "#header"],
          ["/orders/", ".navbar"],
        ] as const) {
          await tab.goto(`${api}${path}`);
          const background = await tab.locator(styled).evaluate((element) => getComputedStyle(element).backgroundColor);
          assert.notEqual(background, "rgba(0, 0, 0, 0)", path);
        }
        assert.deepEqual(failed, []);
        await tab.close();
      });
    }

    /** A request with a preflight. Its token is wrong, which only a page that may read the response can see. */
    function readWithToken(from: Page): Promise<number | string> {
      return from.evaluate(
        (url) =>
          fetch(url, { headers: { Authorization: "Token wrong" } }).then(
            ({ status }) => status,
            (error: Error) => error.name,
          ),
        orders,
      );
    }
  });

  const half = (title: string) => page.getByRole("region", { name: title });

  async function logInToBothHalves(host: string): Promise<void> {
    await page.goto(`${host}/account`);
    await page.getByRole("link", { name: "Log in with the company account" }).click();
    await throughProvider(page.getByRole("button", { name: "Log out of the orders" }));
    await page.getByRole("button", { name: "Log in to the pages" }).click();
    await throughProvider(page.getByRole("button", { name: "Log out of the pages" }));
  }

  /** Submits the provider's form, which it shows until the visitor is logged in there. */
  async function throughProvider(afterwards: Locator): Promise<void> {
    const email = page.getByLabel("E-mail");
    await email.or(afterwards).waitFor();
    if (await email.isVisible()) {
      assert.equal(new URL(page.url()).origin, provider.issuer);
      await email.fill(provider.account.email);
      await page.getByLabel("Password").fill(provider.account.password);
      await page.getByRole("button", { name: "Continue" }).click();
    }
    await afterwards.waitFor();
  }
});

/** Sends a request with the visitor's cookies; the status, or the error's name if the page may not read the response. */
function read(page: Page, url: string, method = "GET"): Promise<number | string> {
  return page.evaluate(
    ([url, method]) =>
      fetch(url, { method, credentials: "include" }).then(
        ({ status }) => status,
        (error: Error) => error.name,
      ),
    [url, method] as const,
  );
}

/** Sends a request with the visitor's cookies, without a preflight and without reading the response. */
function send(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include" }).then(({ type }) => type),
    url,
  );
}

/** The page's visitor according to next-auth. */
async function webSession(page: Page): Promise<{ email?: string } | undefined> {
  const session = await page.evaluate(async () => (await fetch("/api/auth/session")).json() as Promise<unknown>);
  return (session as { user?: { email?: string } }).user;
}
