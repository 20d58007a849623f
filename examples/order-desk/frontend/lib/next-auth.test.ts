import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, test } from "node:test";
import { encode } from "next-auth/jwt";
import { isNextAuthPath, nextAuthCookies, nextAuthOptions, withinOrigin } from "./next-auth.ts";

// Node's `import` of a CommonJS module has its default one level deeper than the types say.
const { default: NextAuth } = createRequire(import.meta.url)("next-auth") as typeof import("next-auth");

const origin = "https://pr-1.previews.example.com:8443";
const secret = "only for this test";

test("next-auth answers its own actions, and Django all others", () => {
  const nextAuth = [
    "/api/auth/_log",
    "/api/auth/callback/oidc",
    "/api/auth/csrf",
    "/api/auth/error",
    "/api/auth/providers",
    "/api/auth/session",
    "/api/auth/signin",
    "/api/auth/signin/oidc",
    "/api/auth/signout",
    "/api/auth/verify-request",
  ];
  const django = [
    ...nextAuth.map((path) => `${path}/`),
    "/api/auth",
    "/api/auth/",
    "/api/auth/login/oidc/",
    "/api/auth/token/",
    "/api/auth/token/refresh",
    "/api/auth/callback",
    "/api/auth/callback/oidc/more",
    "/api/auth/session/1",
    "/api/auth/sessions",
    "/api/auth/%73ession",
    "/api/auth//session",
    "/auth/callback/oidc",
    "/other/api/auth/session",
  ];
  for (const path of nextAuth) assert.equal(isNextAuthPath(path), true, path);
  for (const path of django) assert.equal(isNextAuthPath(path), false, path);
});

test("no redirect leads to another host", () => {
  const table: [string, string][] = [
    ["/account", `${origin}/account`],
    ["/account?tab=1#top", `${origin}/account?tab=1#top`],
    [`${origin}/account`, `${origin}/account`],
    ["https://evil.example/", origin],
    ["//evil.example/", origin],
    ["/\\evil.example/", origin],
    ["\\\\evil.example/", origin],
    ["https://pr-2.previews.example.com:8443/", origin],
    ["https://pr-1.previews.example.com/", origin],
    ["http://pr-1.previews.example.com:8443/", origin],
    ["https://pr-1.previews.example.com:8443@evil.example/", origin],
    ["javascript:alert(1)", origin],
    ["https://", origin],
  ];
  for (const [url, expected] of table) assert.equal(withinOrigin(url, origin), expected, url);
});

describe("next-auth's cookies", () => {
  test("are of one host over HTTPS, and plain in local HTTP", () => {
    for (const { name, options } of Object.values(nextAuthCookies(origin))) {
      assert.match(name, /^__Host-next-auth\./);
      assert.deepEqual(options, { httpOnly: true, sameSite: "lax", path: "/", secure: true });
    }
    for (const { name, options } of Object.values(nextAuthCookies("http://localhost:3000"))) {
      assert.match(name, /^next-auth\./);
      assert.equal(options.secure, false);
    }
  });

  test("leave none of those that next-auth knows under its own name", async () => {
    const { defaultCookies } = (await import("../node_modules/next-auth/core/lib/cookie.js")) as {
      defaultCookies: (secure: boolean) => object;
    };
    assert.deepEqual(Object.keys(nextAuthCookies(origin)).sort(), Object.keys(defaultCookies(true)).sort());
  });
});

describe("next-auth itself", () => {
  const variables = ["NEXTAUTH_URL", "NEXTAUTH_SECRET", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] as const;

  beforeEach(() => {
    Object.assign(process.env, { NEXTAUTH_URL: origin, NEXTAUTH_SECRET: secret });
  });
  afterEach(() => {
    for (const name of variables) delete process.env[name];
  });

  test("offers no login without an issuer, and the company's with one set after the start", async () => {
    assert.deepEqual((await ask("GET", "providers")).body, {});
    process.env.OIDC_ISSUER = "https://login.example.com";
    const { body } = await ask("GET", "providers");
    assert.deepEqual(Object.keys(body as object), ["oidc"]);
    assert.equal((body as Providers).oidc.callbackUrl, `${origin}/api/auth/callback/oidc`);
  });

  test("begins a login with cookies of this host alone, and comes back to it", async () => {
    await using provider = await discovery();
    Object.assign(process.env, { OIDC_ISSUER: `${provider.issuer}/`, OIDC_CLIENT_ID: "web", OIDC_CLIENT_SECRET: "s" });
    const csrf = await ask("GET", "csrf");
    const { csrfToken } = csrf.body as { csrfToken: string };
    const answer = await ask("POST", "signin/oidc", {
      cookies: csrf.cookies,
      body: { csrfToken, callbackUrl: "https://evil.example/" },
    });
    const url = new URL(answer.location ?? "");
    assert.equal(url.origin + url.pathname, `${provider.issuer}/authorize`);
    assert.equal(url.searchParams.get("redirect_uri"), `${origin}/api/auth/callback/oidc`);
    for (const check of ["state", "nonce", "code_challenge"]) assert.ok(url.searchParams.get(check), check);
    const names = [...csrf.setCookies, ...answer.setCookies].map((cookie) => cookie.split("=", 1)[0]);
    for (const part of ["csrf-token", "callback-url", "state", "nonce", "pkce.code_verifier"]) {
      assert.ok(names.includes(`__Host-next-auth.${part}`), `${part} in ${names.join(", ")}`);
    }
    assertHostOnly([...csrf.setCookies, ...answer.setCookies]);
    assert.equal({ ...csrf.cookies, ...answer.cookies }["__Host-next-auth.callback-url"], origin);
  });

  test("keeps the name's prefix where a session is cut into several cookies", async () => {
    const token = await encode({ token: { sub: "1", name: "n".repeat(6000) }, secret });
    const answer = await ask("GET", "session", { cookies: { "__Host-next-auth.session-token": token } });
    const sessions = answer.setCookies.filter((cookie) => cookie.includes("session-token"));
    assert.deepEqual(
      sessions.map((cookie) => cookie.split("=", 1)[0]).filter((name) => name !== "__Host-next-auth.session-token"),
      [0, 1, 2].map((part) => `__Host-next-auth.session-token.${part}`),
    );
    assertHostOnly(sessions);
  });

  test("knows nobody by a cookie that a sibling host could have set", async () => {
    const token = await encode({ token: { sub: "1", name: "Mallory" }, secret });
    for (const name of ["next-auth.session-token", "__Secure-next-auth.session-token"]) {
      assert.deepEqual((await ask("GET", "session", { cookies: { [name]: token } })).body, {}, name);
    }
    const own = await ask("GET", "session", { cookies: { "__Host-next-auth.session-token": token } });
    assert.equal((own.body as { user: { name: string } }).user.name, "Mallory");
  });
});

interface Providers {
  readonly oidc: { readonly callbackUrl: string };
}

interface Question {
  readonly cookies?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Asks next-auth with our options, by its handler for plain Node: the one for routes needs all of Next. */
async function ask(method: "GET" | "POST", path: string, { cookies = {}, body = {} }: Question = {}) {
  const headers: Record<string, unknown> = {};
  const answer: { body?: unknown } = {};
  const response = {
    getHeader: (name: string) => headers[name],
    setHeader: (name: string, value: unknown) => {
      headers[name] = value;
      return response;
    },
    status: () => response,
    json: (value: unknown) => void (answer.body = value),
    send: (value: unknown) => void (answer.body = value),
    end: () => {},
  };
  const request = { method, query: { nextauth: path.split("/") }, cookies, headers: {}, body };
  await NextAuth(request as never, response as never, nextAuthOptions());
  const setCookies = (headers["Set-Cookie"] ?? []) as string[];
  const pairs = setCookies.map((cookie) => /^([^=]+)=([^;]*)/.exec(cookie)!.slice(1) as [string, string]);
  return {
    body: answer.body,
    location: headers.Location as string | undefined,
    setCookies,
    cookies: Object.fromEntries(pairs.map(([name, value]) => [name, decodeURIComponent(value)])),
  };
}

function assertHostOnly(setCookies: readonly string[]): void {
  assert.ok(setCookies.length > 0);
  for (const cookie of setCookies) {
    assert.match(cookie, /^__Host-/);
    for (const attribute of [/; Path=\/(;|$)/, /; Secure(;|$)/, /; HttpOnly(;|$)/, /; SameSite=Lax(;|$)/i]) {
      assert.match(cookie, attribute);
    }
    assert.doesNotMatch(cookie, /; Domain=/i);
  }
}

/** The one document of an OIDC provider that beginning a login needs. */
async function discovery(): Promise<AsyncDisposable & { issuer: string }> {
  let issuer = "";
  const server = createServer((request, response) => {
    if (request.url !== "/.well-known/openid-configuration") return void response.writeHead(404).end();
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/authorize` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    issuer,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
