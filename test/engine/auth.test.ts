import assert from "node:assert/strict";
import type { Login } from "../../verify/demo-login";
import { ask } from "./http";
import { kubectl, query } from "./kubectl";
import type { OidcProvider } from "./oidc/provider";
import { placeOrder } from "./orders";
import { DjangoSession } from "./session";
import { desk as preview, provider } from "../shared-previews";
import { type Journey, Visitor } from "./visitor";

const json = { "content-type": "application/json" };

describe("auth across the boundary, with a plain client", () => {
  const { origin } = preview.names;
  const api = `${origin}/api`;
  let login: Login;

  before(async () => {
    await preview.open();
    login = await preview.login();
  });

  describe("Django's session", () => {
    const visitor = new Visitor();
    const session = new DjangoSession(visitor, api);

    it("refuses a wrong password", async () => {
      const answer = await session.send("POST", "/session/", { ...login, password: "wrong" });
      assert.equal(answer.status, 400, answer.body);
      assert.equal((await session.read()).username, null);
    });

    it("logs in with a new session", async () => {
      await session.logIn(login);
      assert.equal((await session.read()).username, login.username);
    });

    it("is a host-only, Secure, HttpOnly cookie", async () => {
      for (const name of ["__Host-sessionid", "__Host-csrftoken"]) {
        const cookie = await visitor.cookie(origin, name);
        assert.ok(cookie, name);
        const { hostOnly, secure, httpOnly, sameSite, path } = cookie;
        const expected = { hostOnly: true, secure: true, httpOnly: true, sameSite: "lax", path: "/" };
        assert.deepEqual({ hostOnly, secure, httpOnly, sameSite, path }, expected);
      }
    });

    it("accepts a change with the CSRF token", async () => {
      const answer = await session.send("POST", `/orders/${await newOrder()}/ship/`);
      assert.equal(answer.status, 200, answer.body);
      assert.equal((JSON.parse(answer.body) as { shipped_by: string }).shipped_by, login.username);
    });

    const forged: [what: string, headers: Record<string, string>][] = [
      ["no token", { "x-csrftoken": "" }],
      ["another visitor's token", { "x-csrftoken": "a".repeat(64) }],
      ["a foreign origin", { origin: "https://evil.example" }],
      ["a sibling preview's origin", { origin: origin.replace("pr-90401", "pr-90402") }],
      ["its own API host's origin", { origin: preview.names.apiOrigin }],
      ["its origin without the port", { origin: `https://${preview.names.host}` }],
      ["its origin without TLS", { origin: origin.replace("https:", "http:") }],
      ["an origin that hides itself", { origin: "null" }],
    ];
    for (const [what, headers] of forged) {
      it(`refuses a change with ${what}`, async () => {
        const order = await newOrder();
        const answer = await session.send("POST", `/orders/${order}/ship/`, {}, headers);
        assert.equal(answer.status, 403, answer.body);
        assert.equal(await query(preview.namespace, `select status from orders_order where id = ${order}`), "new");
      });
    }

    it("expires", async () => {
      const cookie = await visitor.cookie(origin, "__Host-sessionid");
      assert.ok(typeof cookie?.maxAge === "number" && cookie.maxAge > 0, "the cookie has no end");
      const overdue = "update django_session set expire_date = now() - interval '1 minute'";
      await query(preview.namespace, `${overdue} where session_key = '${cookie.value}'`);
      assert.equal((await session.read()).username, null);
    });

    it("logs out, after which the old cookie is invalid", async () => {
      await session.logIn(login);
      const before = await visitor.cookie(origin, "__Host-sessionid");
      assert.ok(before);
      const withCookieOfBefore = () => ask(`${api}/session/`, { headers: { cookie: before.cookieString() } });
      assert.match((await withCookieOfBefore()).body, new RegExp(`"${login.username}"`));
      const answer = await session.send("DELETE", "/session/");
      assert.equal(answer.status, 200, answer.body);
      assert.equal((await session.read()).username, null);
      assert.doesNotMatch((await withCookieOfBefore()).body, new RegExp(`"${login.username}"`));
    });

    it("isn't cached in between", async () => {
      assert.match(String((await visitor.ask(`${api}/session/`)).headers["cache-control"]), /no-store|private/);
    });
  });

  for (const [kind, path, field] of [
    ["Token", "/auth/token/", "token"],
    ["Bearer", "/auth/jwt/", "access"],
  ] as const) {
    describe(`Authorization: ${kind}`, () => {
      let authorization: string;

      it("is issued for a name and a password, by Django's own route below next-auth's", async () => {
        const answer = await ask(`${api}${path}`, { method: "POST", headers: json, body: JSON.stringify(login) });
        assert.equal(answer.status, 200, answer.body);
        authorization = `${kind} ${(JSON.parse(answer.body) as Record<string, string>)[field]}`;
        assert.deepEqual(answer.cookies, []);
      });

      it("isn't issued for a wrong password", async () => {
        const body = JSON.stringify({ ...login, password: "wrong" });
        const { status } = await ask(`${api}${path}`, { method: "POST", headers: json, body });
        assert.ok([400, 401].includes(status), String(status));
      });

      it("authenticates without cookie or CSRF token", async () => {
        const url = `${api}/orders/${await newOrder()}/ship/`;
        const answer = await ask(url, { method: "POST", headers: { ...json, authorization } });
        assert.equal(answer.status, 200, answer.body);
        assert.equal((JSON.parse(answer.body) as { shipped_by: string }).shipped_by, login.username);
      });

      it("gets a 401 when it is wrong, and changes nothing", async () => {
        const order = await newOrder();
        const wrong = `${authorization.slice(0, -8)}AAAAAAAA`;
        const headers = { ...json, authorization: wrong };
        const answer = await ask(`${api}/orders/${order}/ship/`, { method: "POST", headers });
        assert.equal(answer.status, 401, answer.body);
        assert.match(String(answer.headers["www-authenticate"]), /\w/);
        assert.equal((await ask(`${api}/orders/`, { headers: { authorization: wrong } })).status, 401);
      });
    });
  }

  describe("a JWT", () => {
    it("gets a 401 once it has expired, and is renewed with the refresh token", async () => {
      const first = await ask(`${api}/auth/jwt/`, { method: "POST", headers: json, body: JSON.stringify(login) });
      const { access, refresh } = JSON.parse(first.body) as { access: string; refresh: string };
      const orders = (token: string) => ask(`${api}/orders/`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal((await orders(access)).status, 200);
      assert.equal((await orders(await expiredJwt(preview.namespace, login.username))).status, 401);
      const body = JSON.stringify({ refresh });
      const second = await ask(`${api}/auth/jwt/refresh/`, { method: "POST", headers: json, body });
      assert.equal(second.status, 200, second.body);
      assert.equal((await orders((JSON.parse(second.body) as { access: string }).access)).status, 200);
    });
  });

  describe("OpenID Connect in Django", () => {
    const visitor = new Visitor();
    const session = new DjangoSession(visitor, api);
    let callback: URL;

    it("redirects to the provider's public address", async () => {
      const { addresses } = await visitor.open(`${api}/auth/login/oidc/?next=/account`);
      assertAsks(addresses[0], provider, "api", `${origin}/auth/callback/oidc/`);
    });

    it("returns to Django's callback, which is public without /api, and logs in", async () => {
      const journey = await logInAt(provider, visitor, await visitor.open(`${api}/auth/login/oidc/?next=/account`));
      callback = callbackIn(journey, `${origin}/auth/callback/oidc/`);
      assert.equal(journey.addresses.at(-1)?.href, `${origin}/account`);
      assert.equal(journey.answer.status, 200);
      const { username } = await session.read();
      assert.ok(username, "nobody is logged in");
      const email = await query(preview.namespace, `select email from auth_user where username = '${username}'`);
      assert.equal(email, provider.account.email);
    });

    it("maps the same person to the same user the next time", async () => {
      const { username } = await session.read();
      assert.ok(username);
      const other = new Visitor();
      await logInAt(provider, other, await other.open(`${api}/auth/login/oidc/`));
      assert.equal((await new DjangoSession(other, api).read()).username, username);
    });

    it("accepts no provider's answer twice, nor from another browser", async () => {
      for (const anyone of [visitor, new Visitor()]) {
        const answer = await anyone.ask(callback.href);
        assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}: ${answer.body}`);
        assert.doesNotMatch(answer.body, /Traceback/);
      }
    });

    it("logs out like any Django session", async () => {
      assert.equal((await session.send("DELETE", "/session/")).status, 200);
      assert.equal((await session.read()).username, null);
    });

    it("goes to no other host afterwards", async () => {
      for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example/"]) {
        const stranger = new Visitor();
        const start = await stranger.ask(`${api}/auth/login/oidc/?next=${encodeURIComponent(next)}`);
        if (start.status >= 400) continue;
        const opened = await stranger.follow(api, start);
        const { addresses } = await logInAt(provider, stranger, opened);
        assert.deepEqual([...new Set(addresses.map((address) => address.origin))].sort(), [provider.issuer, origin]);
      }
    });
  });

  describe("OpenID Connect in next-auth, next to Django's", () => {
    const visitor = new Visitor();
    const read = async () =>
      JSON.parse((await visitor.ask(`${api}/auth/session`)).body) as { user?: { email?: string } } | null;
    const csrfToken = async () =>
      (JSON.parse((await visitor.ask(`${api}/auth/csrf`)).body) as { csrfToken: string }).csrfToken;
    const signIn = async (callbackUrl: string) => {
      const url = `${api}/auth/signin/oidc`;
      return visitor.follow(url, await visitor.submit(url, { csrfToken: await csrfToken(), callbackUrl }));
    };

    it("offers the provider, with its callback on this preview's host", async () => {
      const { oidc } = JSON.parse((await ask(`${api}/auth/providers`)).body) as { oidc: { callbackUrl: string } };
      assert.equal(oidc.callbackUrl, `${api}/auth/callback/oidc`);
    });

    it("starts no login without its CSRF token", async () => {
      const { addresses } = await visitor.follow(
        `${api}/auth/signin/oidc`,
        await visitor.submit(`${api}/auth/signin/oidc`, { csrfToken: "wrong", callbackUrl: "/" }),
      );
      assert.ok(addresses.every((address) => address.origin === origin));
    });

    it("logs in at the provider", async () => {
      const opened = await signIn(`${origin}/account`);
      assertAsks(opened.addresses[0], provider, "web", `${api}/auth/callback/oidc`);
      const journey = await logInAt(provider, visitor, opened);
      callbackIn(journey, `${api}/auth/callback/oidc`);
      assert.equal(journey.addresses.at(-1)?.href, `${origin}/account`);
      assert.equal((await read())?.user?.email, provider.account.email);
    });

    it("sets host-only, Secure, HttpOnly cookies", async () => {
      const own = (await visitor.cookies(origin)).filter(({ key }) => key.includes("next-auth"));
      assert.ok(own.some(({ key }) => key === "__Host-next-auth.session-token"));
      for (const { key, hostOnly, secure, httpOnly, sameSite, path } of own) {
        assert.match(key, /^__Host-/);
        const expected = { hostOnly: true, secure: true, httpOnly: true, sameSite: "lax", path: "/" };
        assert.deepEqual({ hostOnly, secure, httpOnly, sameSite, path }, expected, key);
      }
    });

    it("doesn't log in to Django, which has its own session", async () => {
      assert.equal((await new DjangoSession(visitor, api).read()).username, null);
    });

    it("logs out", async () => {
      const fields = { csrfToken: await csrfToken(), callbackUrl: "/" };
      assert.equal((await visitor.submit(`${api}/auth/signout`, fields)).status, 302);
      assert.deepEqual(await read(), {});
    });

    it("goes to no other host afterwards", async () => {
      const { addresses } = await logInAt(provider, visitor, await signIn("https://evil.example/"));
      assert.ok(
        addresses.every((address) => [provider.issuer, origin].includes(address.origin)),
        addresses.join(),
      );
    });

    it("leaves every path with a trailing slash to Django", async () => {
      for (const path of ["session", "csrf", "providers", "signout"]) {
        const answer = await ask(`${api}/auth/${path}/`);
        assert.equal(answer.status, 404, `${path}/: ${answer.body}`);
        assert.match(String(answer.headers["content-type"]), /html/);
      }
      const callback = await ask(`${api}/auth/callback/oidc/`);
      assert.equal(callback.status, 400, "Django's callback wants the state of a login");
      assert.match(callback.body, /was not begun in this browser/);
      const { status, headers } = await ask(`${api}/auth/token`);
      assert.deepEqual([status, headers.location], [301, "/api/auth/token/"], "Django completes its own paths");
    });
  });

  describe("the wildcard callback", () => {
    for (const client of ["api", "web"] as const) {
      it(`sends no answer for the client ${client} to a foreign host`, async () => {
        const { id, callback } = provider.clients[client];
        const authorize = async (redirectUri: string) =>
          ask(
            `${provider.issuer}/auth?${new URLSearchParams({
              client_id: id,
              redirect_uri: redirectUri,
              response_type: "code",
              scope: "openid",
              state: "state",
              code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
              code_challenge_method: "S256",
            }).toString()}`,
          );
        assert.equal((await authorize(`${origin}${callback}`)).status, 303);
        for (const foreign of [
          `${origin}.evil.example${callback}`,
          `https://evil.example${callback}`,
          `${provider.issuer}${callback}`,
          `https://evil.${preview.names.host}:${new URL(origin).port}${callback}`,
          `${preview.names.apiOrigin}${callback}`,
          `${origin}/elsewhere${callback}`,
          `https://${preview.names.host}${callback}`,
        ]) {
          const { status, headers, body } = await authorize(foreign);
          assert.deepEqual([status, headers.location], [400, undefined], `${foreign}: ${body}`);
          assert.match(body, /redirect_uri/);
        }
      });
    }

    it("can't be redirected by a client's Host headers", async () => {
      const headers = { "x-forwarded-host": "evil.example", "x-forwarded-prefix": "/evil", forwarded: "host=evil" };
      const { status, headers: answer } = await ask(`${api}/auth/login/oidc/`, { headers });
      assert.equal(status, 302);
      assertAsks(new URL(String(answer.location)), provider, "api", `${origin}/auth/callback/oidc/`);
    });
  });

  const newOrder = () => placeOrder(origin, "Ordered to be shipped");
});

/** The provider's URL that a client redirects the browser to. */
function assertAsks(address: URL | undefined, provider: OidcProvider, client: "api" | "web", callback: string): void {
  assert.ok(address, "no redirect");
  assert.equal(address.origin, provider.issuer);
  const asked = Object.fromEntries(address.searchParams);
  assert.equal(asked.redirect_uri, callback);
  assert.equal(asked.client_id, provider.clients[client].id);
  assert.equal(asked.response_type, "code");
  assert.equal(asked.code_challenge_method, "S256");
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.match(asked[name] ?? "", /^[\w-]{20,}$/, name);
  }
}

/** Submits the provider's login form if the redirects have led there, and follows what comes next. */
async function logInAt(provider: OidcProvider, visitor: Visitor, { answer, addresses }: Journey): Promise<Journey> {
  const form = addresses.at(-1)?.href ?? "";
  if (!form.startsWith(`${provider.issuer}/interaction/`)) {
    return { answer, addresses };
  }
  assert.equal(answer.status, 200, answer.body);
  const { email, password } = provider.account;
  const after = await visitor.follow(form, await visitor.submit(form, { email, password }));
  return { answer: after.answer, addresses: [...addresses, ...after.addresses] };
}

function callbackIn({ addresses }: Journey, address: string): URL {
  const found = addresses.find(({ origin, pathname }) => `${origin}${pathname}` === address);
  assert.ok(found, `not by way of ${address}:\n${addresses.join("\n")}`);
  return found;
}

/** A token as Django issues it, but expired a minute ago. */
async function expiredJwt(namespace: string, username: string): Promise<string> {
  const program = `
from datetime import timedelta
from django.contrib.auth import get_user_model
from rest_framework_simplejwt.tokens import AccessToken
token = AccessToken.for_user(get_user_model().objects.get(username="${username}"))
token.set_exp(lifetime=timedelta(minutes=-1))
print(token)`;
  const shell = ["python", "manage.py", "shell", "--verbosity=0", "--command", program];
  return (await kubectl("exec", "--namespace", namespace, "deployment/api", "--", ...shell)).trim();
}
