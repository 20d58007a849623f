import { type Check, failed, passed, type Verdict, warning } from "../check";
import { NotChecked } from "../not-checked";
import type { Cookie } from "../http";
import type { Target } from "../target";

type Rule = (cookie: Cookie) => boolean;

/** The names of the cookies that break a rule. */
export function breaking(cookies: readonly Cookie[], rule: Rule): string[] {
  return [...new Set(cookies.filter((cookie) => !rule(cookie)).map(({ name }) => name))];
}

export const isSecure: Rule = ({ secure }) => secure === true;
export const isHostOnly: Rule = ({ domain }) => domain === undefined || domain === null;
export const isSameSite: Rule = ({ sameSite }) => sameSite === "Lax" || sameSite === "Strict";
export const isUnreadable: Rule = ({ httpOnly }) => httpOnly === true;
export const isPrefixed: Rule = ({ name }) => name.startsWith("__Host-");

/** Applies a rule to Django's CSRF cookie, which every visitor gets, then to the session cookie, which requires a login. */
async function judge(target: Target, rule: Rule, otherwise: (names: string) => Verdict): Promise<Verdict> {
  const form = await target.loginPage();
  const broken = breaking(form.cookies, rule);
  if (broken.length > 0) {
    return otherwise(broken.join(", "));
  }
  const cookies = await sessionCookies(target);
  const inSession = breaking(cookies, rule);
  return inSession.length > 0 ? otherwise(inSession.join(", ")) : passed(namesOf([...form.cookies, ...cookies]));
}

async function sessionCookies(target: Target): Promise<readonly Cookie[]> {
  const { answer } = await target.session();
  if (answer.cookies.length === 0) {
    throw new NotChecked("the login sets no cookie");
  }
  return answer.cookies;
}

const namesOf = (cookies: readonly Cookie[]) => [...new Set(cookies.map(({ name }) => name))].join(", ");

const secure: Check = {
  id: "cookie-secure",
  title: "Cookies are Secure",
  setting: "SESSION_COOKIE_SECURE = True, CSRF_COOKIE_SECURE = True (Django)",
  why: "the session is sent in plain text with any request to http://",
  run: (target) => judge(target, isSecure, (names) => failed(`without Secure: ${names}`)),
};

const domain: Check = {
  id: "cookie-domain",
  title: "Cookies are limited to this host",
  setting: "SESSION_COOKIE_DOMAIN, CSRF_COOKIE_DOMAIN (Django): leave them unset",
  why: "every other preview in the domain receives the session, and previews log each other out",
  run: (target) => judge(target, isHostOnly, (names) => failed(`with a Domain: ${names}`)),
};

const sameSite: Check = {
  id: "cookie-samesite",
  title: "Cookies are SameSite Lax or Strict",
  setting: 'SESSION_COOKIE_SAMESITE, CSRF_COOKIE_SAMESITE = "Lax" (Django)',
  why: "browsers send the session with requests from other sites",
  run: (target) => judge(target, isSameSite, (names) => failed(`without SameSite=Lax or Strict: ${names}`)),
};

const httpOnly: Check = {
  id: "cookie-httponly",
  title: "Scripts can't read the session cookie",
  setting: "SESSION_COOKIE_HTTPONLY = True (Django)",
  why: "any script on a page, including one from a pull request, can steal the session",
  run: async (target) => {
    const cookies = await sessionCookies(target);
    const session = cookies.filter(({ name }) => !/csrf/i.test(name));
    if (session.length === 0) {
      throw new NotChecked("the login sets no session cookie");
    }
    const broken = breaking(session, isUnreadable);
    return broken.length > 0 ? failed(`without HttpOnly: ${broken.join(", ")}`) : passed(namesOf(session));
  },
};

const prefixed: Check = {
  id: "cookie-names",
  title: "Other previews can't set a cookie for this host",
  setting: 'SESSION_COOKIE_NAME = "__Host-sessionid", CSRF_COOKIE_NAME = "__Host-csrftoken" (Django)',
  why: "another host in the domain can set a cookie of this name, and so log a reviewer in to an account of its choice",
  run: (target) => judge(target, isPrefixed, (names) => warning(`without __Host- in the name: ${names}`)),
};

const several: Check = {
  id: "several-cookies",
  title: "The proxy passes on every cookie of a response",
  setting: "the web's proxy: append each Set-Cookie header, never set or join them",
  why: "a login loses its session or CSRF cookie: nobody is logged in, or the next form is a 403",
  run: async (target) => {
    const { answer } = await target.session();
    if (target.product.login !== undefined || answer.status !== 302) {
      // Django's own login always sets both the session and a new CSRF token; others may not.
      throw new NotChecked("only a login through the admin's form sets two cookies for certain");
    }
    const names = namesOf(answer.cookies);
    return answer.cookies.length >= 2 ? passed(names) : failed(`only ${names || "none"} of session and CSRF cookie`);
  },
};

export const cookieChecks = [secure, domain, sameSite, httpOnly, prefixed, several];
