import { type Check, failed, passed } from "../check";
import { NotChecked } from "../not-checked";
import type { Answer } from "../http";
import type { Target } from "../target";

/** Whether a browser lets pages of an origin read a response to a request with cookies. */
export function sharesWith({ headers }: Pick<Answer, "headers">, origin: string): boolean {
  return (
    headers.get("access-control-allow-origin") === origin && headers.get("access-control-allow-credentials") === "true"
  );
}

const ask = (target: Target, origin: string) =>
  target.ask({ path: target.product.api ?? target.loginPath, headers: { origin } });

const own: Check = {
  id: "cors-own-origin",
  title: "The preview's own origin may call the API from another host",
  setting: "CORS_ALLOWED_ORIGINS (api): the exact origin (product file: cors)",
  why: "pages that call the API on another host fail with a CORS error in the browser's console",
  run: async (target) => {
    if (!target.product.cors) {
      throw new NotChecked(
        "same-origin calls need no CORS; set cors in the product file if other origins call the API",
      );
    }
    const answer = await ask(target, target.origin);
    if (answer.status !== 200) {
      throw new NotChecked(`Django wasn't reached: it answers ${answer.status}`);
    }
    const allowed = answer.headers.get("access-control-allow-origin");
    return allowed === target.origin || allowed === "*"
      ? passed(`Access-Control-Allow-Origin: ${allowed}`)
      : failed(`no Access-Control-Allow-Origin for ${target.origin}`);
  },
};

const sibling: Check = {
  id: "cors-sibling",
  title: "Another preview's pages can't read the API with a reviewer's login",
  setting:
    "CORS_ALLOWED_ORIGINS (api) instead of CORS_ALLOWED_ORIGIN_REGEXES or CORS_ALLOW_ALL_ORIGINS with credentials",
  why: "a page of any other pull request can read everything that the reviewer can",
  run: async (target) => {
    const answer = await ask(target, target.sibling);
    if (answer.status !== 200) {
      throw new NotChecked(`Django wasn't reached: it answers ${answer.status}`);
    }
    return sharesWith(answer, target.sibling)
      ? failed(`${target.sibling} is allowed, with credentials`)
      : passed(`${target.sibling} is not allowed with credentials`);
  },
};

export const corsChecks = [own, sibling];
