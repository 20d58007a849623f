import type { Cookie } from "./http";
import { NotChecked } from "./not-checked";

/** The value of Django's CSRF cookie, which it accepts as the token. */
export function csrfToken(cookies: readonly Cookie[]): string {
  const cookie = cookies.find(({ name }) => /csrf/i.test(name) && !name.includes("next-auth"));
  if (cookie === undefined) {
    throw new NotChecked("the login form sets no CSRF cookie (CSRF_USE_SESSIONS keeps the token elsewhere)");
  }
  return cookie.pair.slice(cookie.pair.indexOf("=") + 1);
}
