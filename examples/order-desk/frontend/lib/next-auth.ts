import type { CookiesOptions, NextAuthOptions } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";

/**
 * Whether next-auth answers a path, which must be as the browser sent it. Everything else below /api/auth/ is Django's,
 * whose paths end in a slash, while next-auth's own don't: neither can shadow the other.
 */
export function isNextAuthPath(path: string): boolean {
  return /^\/api\/auth\/(_log|csrf|error|providers|session|signout|verify-request|signin(\/[\w-]+)?|callback\/[\w-]+)$/.test(
    path,
  );
}

/** Whether the company's OIDC provider is set up, for both halves of the product. */
export const hasCompanyLogin = (): boolean => Boolean(process.env.OIDC_ISSUER);

/** next-auth's options, from the environment at each request: one image serves every preview. */
export function nextAuthOptions(): NextAuthOptions {
  const { NEXTAUTH_URL, OIDC_ISSUER } = process.env;
  return {
    providers: OIDC_ISSUER ? [companyLogin(OIDC_ISSUER)] : [],
    cookies: nextAuthCookies(NEXTAUTH_URL),
    // Pages of our own, in place of those that next-auth would draw.
    pages: { signIn: "/account", signOut: "/account", error: "/account" },
    callbacks: { redirect: ({ url, baseUrl }) => withinOrigin(url, baseUrl) },
  };
}

interface Profile {
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
}

function companyLogin(issuer: string): OAuthConfig<Profile> {
  return {
    id: "oidc",
    name: "company account",
    type: "oauth",
    wellKnown: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: process.env.OIDC_CLIENT_ID,
    clientSecret: process.env.OIDC_CLIENT_SECRET,
    authorization: { params: { scope: "openid profile email" } },
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    // The ID token needs to carry no more than `sub` (OpenID Connect Core, section 5.4).
    userinfo: { request: ({ client, tokens }) => client.userinfo(tokens as Parameters<typeof client.userinfo>[0]) },
    profile: ({ sub, name, email }) => ({ id: sub, name: name ?? email ?? sub, email }),
    // The default of 3.5 s is short for a provider that has just been woken.
    httpOptions: { timeout: 10_000 },
  };
}

/**
 * next-auth's cookies for the host alone. By default most are called `__Secure-`, which a sibling host could set for
 * the whole domain; `__Host-` it can't. Browsers take that name over HTTPS only, so local ones are plain.
 */
export function nextAuthCookies(origin: string | undefined): CookiesOptions {
  const secure = origin?.startsWith("https://") ?? false;
  const cookie = (name: string) => ({
    name: `${secure ? "__Host-" : ""}next-auth.${name}`,
    options: { httpOnly: true, sameSite: "lax", path: "/", secure } as const,
  });
  return {
    sessionToken: cookie("session-token"),
    callbackUrl: cookie("callback-url"),
    csrfToken: cookie("csrf-token"),
    pkceCodeVerifier: cookie("pkce.code_verifier"),
    state: cookie("state"),
    nonce: cookie("nonce"),
  };
}

/** Where to redirect after a login or logout: never to another host, regardless of the request. */
export function withinOrigin(url: string, origin: string): string {
  const target = URL.parse(url, origin);
  return target?.origin === origin ? target.href : origin;
}
