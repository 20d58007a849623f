import { type Answer, type Ask, type Cookie, cookieHeader } from "./http";
import { csrfToken } from "./csrf-token";
import type { Product } from "./product";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where to log in. */
export interface LoginTarget {
  readonly origin: string;
  readonly product: Product;
  readonly loginPath: string;
  readonly ask: Ask;
  loginPage(): Promise<Answer>;
}

export interface Session {
  /** The answer to the login itself. */
  readonly answer: Answer;
  /** A page that requires the login, requested afterwards. */
  readonly page: Answer;
  readonly isLoggedIn: boolean;
  /** The cookies of the form and of the login. */
  readonly cookies: readonly Cookie[];
}

/** Logs in through the public host, with the admin's form or with the product's JSON login. */
export async function logIn(target: LoginTarget, { username, password }: Credentials): Promise<Session> {
  const form = await target.loginPage();
  const { login, admin } = target.product;
  const credentials = { username, password };
  const answer =
    login === undefined
      ? await post(target, form, target.loginPath, {
          type: "application/x-www-form-urlencoded",
          body: new URLSearchParams({ ...credentials, csrfmiddlewaretoken: csrfToken(form.cookies), next: admin }),
        })
      : await post(target, form, login.path, { type: "application/json", body: JSON.stringify(credentials) });
  const cookies = [...form.cookies, ...answer.cookies];
  const page = await target.ask({ path: login?.whoami ?? admin, headers: { cookie: cookieHeader(cookies) } });
  // The admin shows its form to everyone else.
  const isWelcome = login === undefined ? !page.text.includes('name="password"') : page.text.includes(username);
  const isLoggedIn = page.status === 200 && isWelcome;
  return { answer, page, isLoggedIn, cookies };
}

export async function logOut(target: LoginTarget, { cookies, isLoggedIn }: Session, ask: Ask): Promise<void> {
  if (!isLoggedIn) {
    return;
  }
  const { login, admin } = target.product;
  await ask({
    path: login === undefined ? `${admin}logout/` : (login.logout ?? login.path),
    method: login === undefined ? "POST" : "DELETE",
    headers: {
      cookie: cookieHeader(cookies),
      origin: target.origin,
      // Accepted by both REST framework and the admin's form.
      "x-csrftoken": csrfToken([...cookies].reverse()),
    },
  });
}

function post(
  target: LoginTarget,
  { cookies }: Answer,
  path: string,
  { type, body }: { type: string; body: URLSearchParams | string },
): Promise<Answer> {
  return target.ask({
    path,
    method: "POST",
    headers: {
      "content-type": type,
      cookie: cookieHeader(cookies),
      origin: target.origin,
      "x-csrftoken": csrfToken(cookies),
    },
    body: body.toString(),
  });
}
