import { Readable } from "node:stream";
import { standardParts } from "../../contract";
import { type Check, failed, passed, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { tagsOf } from "../html";
import { type Answer, cookieHeader, says } from "../http";
import type { Target } from "../target";

const rendering: Check = {
  id: "server-to-api",
  title: "Pages rendered on the server have the API's data",
  setting: "INTERNAL_API_URL (web): http://api:8000; ALLOWED_HOSTS (api) with api",
  why: "the first page is empty or an error, although the browser can load the same data",
  run: async (target) => {
    if (target.product.page === undefined) {
      const start = await target.get("/");
      if (start.status >= 500) {
        return failed(says(start));
      }
    }
    const { path, text } = target.told("page");
    const page = await target.get(path);
    if (page.status === 200 && page.text.includes(text)) {
      return passed(`${path} shows the text`);
    }
    return failed(page.status === 200 ? `${path} doesn't show “${text}”` : says(page));
  },
};

const javascript: Check = {
  id: "javascript-hosts",
  title: "No other preview's host is built into the JavaScript",
  setting: "NEXT_PUBLIC_API_URL at build time: browser code must use the relative /api",
  why: "the preview uses another preview's data, or calls a host that exists only on the build machine",
  run: async (target) => {
    const path = target.product.page?.path ?? "/";
    const page = await target.get(path);
    if (page.status !== 200) {
      throw new NotChecked(says(page));
    }
    const scripts = scriptsOf(page.text, target.origin);
    const problems = await namesIn(target, page, scripts.slice(0, mostScripts));
    if (problems.length === 0 && scripts.length > mostScripts) {
      throw new NotChecked(`${path} has ${scripts.length} scripts, and the first ${mostScripts} name no other host`);
    }
    return verdict(problems, `${path} and its ${scripts.length} scripts`);
  },
};

/** How many of a page's scripts are read, and how many at a time. */
const mostScripts = 200;
const atOnce = 4;

async function namesIn(target: Target, page: Answer, scripts: readonly string[]): Promise<string[]> {
  const names = ({ path, text }: Answer) => {
    const hosts = foreignHosts(text, target.host);
    return hosts.length === 0 ? [] : [`${path} names ${hosts.join(", ")}`];
  };
  // Not `get`, which would keep every script in memory.
  const asked = async (path: string) => names(await target.ask({ path }));
  const found = (await Readable.from(scripts).map(asked, { concurrency: atOnce }).toArray()) as string[][];
  return [names(page), ...found].flat();
}

/** Path and query of the scripts that a page loads or preloads from its own host. */
export function scriptsOf(html: string, origin: string): string[] {
  const named = tagsOf(html).flatMap(({ attributes }) => attributes.get("src") ?? attributes.get("href") ?? []);
  const urls = named.flatMap((url) => URL.parse(url, origin) ?? []);
  const own = urls.filter((url) => url.origin === origin && url.pathname.endsWith(".js"));
  return [...new Set(own.map(({ pathname, search }) => pathname + search))];
}

/**
 * Hosts in a text's URLs that belong to another preview, to a build machine or to the cluster's inside.
 *
 * @param host the preview's own, with its port
 */
export function foreignHosts(text: string, host: string): string[] {
  const domain = host.slice(host.indexOf("."));
  const hosts = [...text.matchAll(/\b(?:https?|wss?):(?:\\?\/){2}([a-z0-9.-]+(?::\d+)?)/gi)].map(([, found]) => found!);
  const isPreview = (name: string) =>
    `${name}`.endsWith(domain.replace(/:\d+$/, "")) && /(^|-)pr-\d+(-api)?\./.test(name);
  return [...new Set(hosts.map((found) => found.toLowerCase()))].filter((found) => {
    const [name = "", port] = found.split(":");
    const isMachine = /^(localhost|127\.0\.0\.1|0\.0\.0\.0)$/.test(name) && port !== undefined;
    const isInside = (!name.includes(".") && port !== undefined) || /\.(svc|cluster\.local|internal)$/.test(name);
    return found !== host && (isMachine || isInside || (isPreview(name) && !isApiOf(found, host)));
  });
}

/** `pr-1-api.…` belongs to `pr-1.…`. */
const isApiOf = (found: string, host: string) => found === host.replace(".", "-api.");

const noindex: Check = {
  id: "noindex",
  title: "Search engines are told not to index the preview",
  setting: "X-Robots-Tag: noindex (headers in next.config, a middleware in Django)",
  why: "unfinished work and demo data show up in search results next to the real product",
  run: async (target) => {
    const page = await target.get(target.product.page?.path ?? "/");
    await target.loginPage();
    // Only the header counts for Django: the admin's pages have the meta tag anyway.
    const answer = await target.get(target.product.api ?? target.loginPath);
    if (page.status !== 200 || answer.status !== 200) {
      throw new NotChecked([page, answer].map(says).join("; "));
    }
    const open = [isHidden(page) ? [] : page, isHidden({ ...answer, text: "" }) ? [] : answer].flat();
    return verdict(
      open.map(({ path }) => `${path} may be indexed`),
      `${page.path}, ${answer.path}`,
    );
  },
};

/** Whether a header or the page itself says noindex. */
export function isHidden({ headers, text }: Pick<Answer, "headers" | "text">): boolean {
  const header = headers.get("x-robots-tag") ?? "";
  const metas = tagsOf(text)
    .filter(({ name, attributes }) => name === "meta" && attributes.get("name")?.toLowerCase() === "robots")
    .map(({ attributes }) => attributes.get("content") ?? "");
  return [header, ...metas].some((said) => /\b(noindex|none)\b/i.test(said));
}

const caching: Check = {
  id: "private-caching",
  title: "No shared cache stores private pages",
  setting:
    "Cache-Control: private or no-store on responses that depend on the login (never_cache in Django, dynamic pages in Next.js)",
  why: "a cache or a CDN shows one reviewer's page to another",
  run: async (target) => {
    const { cookies, isLoggedIn } = await target.session();
    if (!isLoggedIn) {
      throw new NotChecked("nobody is logged in");
    }
    const paths = target.product.private ?? [target.product.admin];
    const headers = { cookie: cookieHeader(cookies) };
    const answers = await Promise.all(paths.map((path) => target.ask({ path, headers })));
    const missing = answers.find(({ status }) => status !== 200);
    if (missing !== undefined) {
      return failed(`logged in, ${says(missing)}`);
    }
    return verdict(
      answers
        .filter(isShared)
        .map(({ path, headers }) => `${path}: ${headers.get("cache-control") ?? "no Cache-Control"}`),
      paths.join(", "),
    );
  },
};

/** Whether a shared cache may store a response (RFC 9111, section 3). */
export function isShared({ headers }: Pick<Answer, "headers">): boolean {
  const directives = (headers.get("cache-control") ?? "").toLowerCase().split(",");
  return !directives.some((directive) => /^\s*(no-store|private|no-cache)(=|$)/.test(directive));
}

const authUrl: Check = {
  id: "auth-url",
  title: "next-auth knows the public origin",
  setting: "NEXTAUTH_URL and AUTH_URL (web): the exact origin",
  why: "a provider's login returns to another host, or is refused because of its callback URL",
  run: async (target) => {
    const urls = await providerUrls(target);
    if (urls.length > 0) {
      return verdict(namesForeign(urls, target.origin), target.origin);
    }
    const variables = await authVariables(target);
    if (variables.length === 0) {
      throw new NotChecked("next-auth has no provider whose address shows the origin");
    }
    return verdict(
      variables
        .filter(({ value }) => URL.parse(value)?.origin !== target.origin)
        .map(({ name, value }) => `${name} is ${value}`),
      target.origin,
    );
  },
};

/** What next-auth itself believes: its providers' URLs. @throws NotChecked if it doesn't answer */
async function providerUrls(target: Target): Promise<string[]> {
  const answer = await target.get("/api/auth/providers");
  const isNextAuths = answer.status === 200 && (answer.headers.get("content-type") ?? "").includes("json");
  if (!isNextAuths) {
    throw new NotChecked(`there is no next-auth to ask: ${says(answer)}`);
  }
  const providers = JSON.parse(answer.text) as Record<string, { signinUrl?: string; callbackUrl?: string }>;
  return Object.values(providers).flatMap(({ signinUrl, callbackUrl }) => [signinUrl ?? [], callbackUrl ?? []].flat());
}

const namesForeign = (urls: readonly string[], origin: string) =>
  urls.filter((url) => URL.parse(url)?.origin !== origin).map((url) => `next-auth names ${url}`);

/** What next-auth takes its origin from, of the web's container; none where that can't be seen. A path may follow. */
async function authVariables(target: Target): Promise<{ name: string; value: string }[]> {
  if (!target.hasCluster || !target.cluster.hasWeb) {
    return [];
  }
  const { env = [] } = await target.cluster.container(standardParts.web);
  return env.flatMap(({ name, value }) =>
    ["NEXTAUTH_URL", "AUTH_URL"].includes(name) && value !== undefined ? [{ name, value }] : [],
  );
}

export const pageChecks = [rendering, javascript, noindex, caching, authUrl];
