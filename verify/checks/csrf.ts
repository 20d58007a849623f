import { type Check, failed, passed } from "../check";
import { NotChecked, ServerFailed } from "../not-checked";
import { says } from "../http";

const own: Check = {
  id: "csrf-origin",
  title: "Forms of the preview itself are accepted",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, with https:// and the port unless it is 443",
  why: "every login and every other form fails with 403 CSRF verification failed",
  run: async (target) => {
    try {
      return (await target.acceptsPost({ origin: target.origin }))
        ? passed(`a POST from ${target.origin} is accepted`)
        : failed(`a POST from ${target.origin} is refused with 403`);
    } catch (error) {
      if (error instanceof ServerFailed) {
        return failed(error.message);
      }
      throw error;
    }
  },
};

const listed: Check = {
  id: "csrf-trusted-origins",
  title: "The origin is trusted even if Django doesn't see the public host",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, with https:// and the port unless it is 443",
  why: "forms work only if every proxy forwards the host; server actions and other proxies get 403",
  run: async (target) => {
    const headers = { "x-forwarded-proto": "https" };
    const { askApi } = target.cluster;
    const form = await askApi({ path: `${target.adminInDjango}login/`, headers });
    if (form.status !== 200) {
      throw new NotChecked(`there is no login form to start from: inside, ${says(form)}`);
    }
    return (await target.acceptsPost({ ...headers, origin: target.origin }, askApi, form))
      ? passed(`a POST from ${target.origin} is accepted inside`)
      : failed(`inside, a POST from ${target.origin} is refused with 403`);
  },
};

const foreign: Check = {
  id: "csrf-sibling",
  title: "Forms of other previews are refused",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, no wildcard",
  why: "a page of any other pull request can act as the reviewer",
  run: async (target) =>
    (await target.acceptsPost({ origin: target.sibling }))
      ? failed(`a POST from ${target.sibling} is accepted`)
      : passed(`a POST from ${target.sibling} is refused`),
};

export const csrfChecks = [own, listed, foreign];
