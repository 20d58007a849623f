import { type Check, failed, passed } from "../check";
import { NotChecked } from "../not-checked";
import { says } from "../http";

const own: Check = {
  id: "csrf-origin",
  title: "A form of the preview's own is accepted",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, with https:// and a port that isn't 443",
  why: "every login and every other form ends in 403 CSRF verification failed",
  run: async (target) =>
    (await target.acceptsPost({ origin: target.origin }))
      ? passed(`a POST from ${target.origin} is accepted`)
      : failed(`a POST from ${target.origin} is refused with 403`),
};

const listed: Check = {
  id: "csrf-trusted-origins",
  title: "The origin is trusted also where Django doesn't see the public host",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, with https:// and a port that isn't 443",
  why: "forms work only as long as every proxy forwards the host; a server action or another proxy gets 403",
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
  title: "A form on another preview is refused",
  setting: "CSRF_TRUSTED_ORIGINS (api): the exact origin, no wildcard",
  why: "a page of any other pull request can act in a reviewer's name",
  run: async (target) =>
    (await target.acceptsPost({ origin: target.sibling }))
      ? failed(`a POST from ${target.sibling} is accepted`)
      : passed(`a POST from ${target.sibling} is refused`),
};

export const csrfChecks = [own, listed, foreign];
