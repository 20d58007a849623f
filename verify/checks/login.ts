import { type Check, failed, passed } from "../check";
import { says } from "../http";

const login: Check = {
  id: "login",
  title: "A login through the proxy lasts",
  setting:
    "the demo login (demoLogin, PREVIEW_USERNAME and PREVIEW_PASSWORD); where the login is accepted and then lost, a proxy that " +
    "loses Set-Cookie or Cookie; where the form is an error, what the API logs (preview logs)",
  why: "reviewers can't log in, or are logged out again by the next click",
  run: async (target) => {
    const form = await target.get(target.loginPath);
    if (form.status >= 500) {
      return failed(says(form));
    }
    const { answer, page, isLoggedIn } = await target.logIn();
    if (isLoggedIn) {
      return passed(`after the login ${page.path} answers ${page.status} to the account`);
    }
    const isRefused = answer.status === 200 && answer.text.includes('name="password"');
    return failed(
      isRefused
        ? `${answer.path} shows the login form again: the username or the password is wrong`
        : `the login: ${says(answer)}; after it ${page.path} doesn't know the account`,
    );
  },
};

export const loginChecks = [login];
