import { type Check, failed, passed } from "../check";
import { says } from "../http";

const login: Check = {
  id: "login",
  title: "A login through the proxy lasts",
  setting:
    "the demo login (demoLogin, PREVIEW_USERNAME and PREVIEW_PASSWORD), or a proxy that loses Set-Cookie or Cookie",
  why: "reviewers can't log in, or are logged out again by the next click",
  run: async (target) => {
    const { answer, page, isLoggedIn } = await target.logIn();
    return isLoggedIn
      ? passed(`after the login ${page.path} answers ${page.status} to the account`)
      : failed(`the login: ${says(answer)}; after it ${page.path} doesn't know the account`);
  },
};

export const loginChecks = [login];
