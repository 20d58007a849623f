import { type Check, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { type Answer, says } from "../http";

const framing: Check = {
  id: "framing",
  title: "No other preview's pages can frame this preview",
  setting:
    "Content-Security-Policy: frame-ancestors 'none' or 'self' (headers in next.config), XFrameOptionsMiddleware (Django)",
  why: "all previews are one site: a page of any other pull request can trick a reviewer into clicking in their own session",
  run: async (target) => {
    const page = await target.get(target.product.page?.path ?? "/");
    const form = await target.loginPage().catch(() => undefined);
    const pages = [page, form].flatMap((answer) => (answer?.status === 200 ? [answer] : []));
    const problems = pages.flatMap((one) =>
      framedBy(one, target.host).map((who) => `${one.path} may be framed by ${who}`),
    );
    if (problems.length === 0 && !pages.includes(page)) {
      throw new NotChecked(`there is no page to look at: ${says(page)}`);
    }
    return verdict(problems, pages.map(({ path }) => path).join(", "));
  },
};

/**
 * Who may frame a page, except its own origin and named hosts outside of the previews' domain. As in browsers (Content Security
 * Policy Level 3, section 6.4.2), every policy must allow it, and X-Frame-Options counts only without a policy.
 *
 * @param host the preview's, with its port
 */
export function framedBy({ headers }: Pick<Answer, "headers">, host: string): string[] {
  const policies = (headers.get("content-security-policy") ?? "").split(",").flatMap(ancestorsIn);
  if (policies.length === 0) {
    return isUnframeable(headers.get("x-frame-options") ?? "") ? [] : ["anyone"];
  }
  const foreign = policies.map((sources) => sources.filter((source) => isForeign(source, host)));
  return foreign.some((sources) => sources.length === 0) ? [] : foreign[0]!;
}

/** A single value must deny framing; of several different values, any known one denies it (HTML, section 7.8). */
function isUnframeable(options: string): boolean {
  const values = new Set(options.split(",").map((value) => value.trim().toLowerCase()));
  return values.size === 1
    ? values.has("deny") || values.has("sameorigin")
    : ["deny", "sameorigin", "allowall"].some((value) => values.has(value));
}

/** The sources of a policy's first frame-ancestors, the only one that counts; empty if it has none. */
function ancestorsIn(policy: string): string[][] {
  const directives = policy.split(";").map((directive) => directive.trim().toLowerCase().split(/\s+/));
  const found = directives.find(([name]) => name === "frame-ancestors");
  return found === undefined ? [] : [found.slice(1)];
}

/** Whether a source matches another preview. */
function isForeign(source: string, host: string): boolean {
  if (source.startsWith("'")) {
    return false;
  }
  // A scheme without a host matches all hosts.
  const named = source.replace(/^[a-z][a-z0-9+.-]*:\/\//, "").replace(/\/.*$/, "");
  if (named.includes("*") || named.endsWith(":")) {
    return true;
  }
  const [name = ""] = named.split(":");
  const [own = ""] = host.split(":");
  const domain = own.slice(own.indexOf("."));
  return name.endsWith(domain) && name !== own && name !== own.replace(".", "-api.");
}

export const framingChecks = [framing];
