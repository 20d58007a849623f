import type { Dispatcher } from "undici";
import { longestBody } from "../../clients/http/client";
import { type Check, failed, passed, type Verdict, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { type Answer, decoded, isRedirect, says } from "../http";
import type { Target } from "../target";
import { links } from "./hosts";

const reach: Check = {
  id: "browser-to-api",
  title: "The browser reaches Django at /api",
  setting: "INTERNAL_API_URL (web), and the web's route handler for /api",
  why: "pages appear, but every request from the browser fails",
  run: async (target) => {
    const { api } = target.product;
    const answer = await target.get(api ?? target.loginPath);
    if (answer.status === 400 || isRedirect(answer)) {
      throw new NotChecked(`something else comes before it: ${says(answer)}`);
    }
    if (api === undefined) {
      if (answer.status < 500) {
        await target.loginPage();
      }
      return answer.status < 500 ? passed(says(answer)) : failed(says(answer));
    }
    const type = answer.headers.get("content-type") ?? "";
    // A lost header is reported by the check answer-headers.
    const isJson = type.includes("json") || (type === "" && parses(answer.text));
    return answer.status === 200 && isJson
      ? passed(`${says(answer)} with JSON`)
      : failed(`${says(answer)} with ${type || "no content"}`);
  },
};

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const redirects: Check = {
  id: "redirects",
  title: "Django's redirects arrive as redirects",
  setting: 'the web\'s proxy: redirect: "manual"',
  why: "the browser shows the wrong address, and cookies set by a redirect are lost: OAuth logins fail",
  run: async (target) => {
    await target.loginPage();
    const answer = await target.get(target.product.admin);
    if (answer.status >= 500) {
      return failed(says(answer));
    }
    if (!isRedirect(answer) && answer.status !== 200) {
      throw new NotChecked(`Django would redirect a visitor to its login: ${says(answer)}`);
    }
    return answer.status === 200 ? failed(`the proxy has followed it: ${says(answer)}`) : passed(says(answer));
  },
};

const prefix: Check = {
  id: "prefix",
  title: "Django's links begin with /api",
  setting: "X-Forwarded-Prefix from the web's proxy, and a WSGI middleware that sets SCRIPT_NAME to it",
  why: "redirects, pagination and the admin lead to paths that Next.js answers with 404",
  run: async (target) => {
    const wanted = target.product.admin.startsWith("/api/") ? "/api/" : "/";
    const redirect = await target.adminRedirect();
    const next = redirect.searchParams.get("next") ?? wanted;
    const linked = (await links(target)).map(({ pathname }) => pathname);
    const wrong = [redirect.pathname, next, ...linked].filter((path) => !path.startsWith(wanted));
    return verdict(
      wrong.slice(0, 1).map((path) => `Django links to ${path}`),
      `Django links to ${redirect.pathname}`,
    );
  },
};

const slashes: Check = {
  id: "trailing-slash",
  title: "Trailing slashes stay as Django expects them",
  setting: "skipTrailingSlashRedirect: true (next.config), and a proxy that doesn't change the path",
  why: "Next.js and Django redirect to each other in a loop: ERR_TOO_MANY_REDIRECTS",
  run: async (target) => {
    const trails = [target.product.admin.replace(/\/$/, ""), target.loginPath].map((start) => follow(target, start));
    const ends = await Promise.all(trails);
    const loop = ends.find(({ looped }) => looped);
    if (loop !== undefined) {
      return failed(`in circles: ${loop.trail.join(" → ")}`);
    }
    const stripped = ends.find(({ trail }) => losesSlash(trail));
    if (stripped !== undefined) {
      return failed(`the slash is taken away: ${stripped.trail.join(" → ")}`);
    }
    await target.loginPage();
    return passed(ends.map(({ trail }) => trail.join(" → ")).join("; "));
  },
};

/** Whether a redirect strips a path's trailing slash, which Django never does. */
export const losesSlash = (trail: readonly string[]): boolean =>
  trail.some((path, index) => index > 0 && `${pathnameOf(path)}/` === pathnameOf(trail[index - 1]!));

const pathnameOf = (path: string) => path.replace(/\?.*$/s, "");

/** Follows redirects on the host until they end or form a loop. */
async function follow(target: Target, start: string): Promise<{ trail: string[]; looped: boolean }> {
  const trail = [start];
  while (trail.length < 8) {
    const answer = await target.get(trail.at(-1)!);
    const next = nextOf(answer, target.origin);
    if (next === undefined) {
      return { trail, looped: false };
    }
    trail.push(next);
    if (trail.indexOf(next) < trail.length - 1) {
      return { trail, looped: true };
    }
  }
  return { trail, looped: true };
}

/** Path and query that an answer redirects to; undefined if it doesn't, or to another host. */
export function nextOf(answer: Pick<Answer, "status" | "path" | "headers">, origin: string): string | undefined {
  const location = answer.headers.get("location");
  if (location === null || answer.status < 300 || answer.status > 399) {
    return undefined;
  }
  const url = new URL(location, new URL(answer.path, origin));
  return url.origin === origin ? url.pathname + url.search : undefined;
}

/** The path as it has reached Django, whose login redirect contains it. */
async function echo(target: Target, path: string): Promise<string> {
  const next = (await target.adminRedirect(path)).searchParams.get("next");
  if (next === null) {
    throw new NotChecked("the login redirect doesn't name the address that was asked for");
  }
  return next;
}

const query: Check = {
  id: "query",
  title: "Query strings reach Django as they were sent",
  setting: "the web's proxy: forward the raw query instead of parsing and re-encoding it",
  why: "searches for +, & or accents find the wrong things, and signed URLs are refused",
  run: async (target) => {
    const sent = "?q=a%2Bb+c%20d%26&empty=&bare&%C3%A9=%E2%82%AC";
    const arrived = await echo(target, `${target.product.admin}${sent}`);
    const got = arrived.includes("?") ? arrived.slice(arrived.indexOf("?")) : "nothing";
    return got === sent ? passed(`${sent} arrives`) : failed(`${sent} arrives as ${got}`);
  },
};

const encodedPath: Check = {
  id: "encoded-path",
  title: "Encoded paths reach Django as they were sent",
  setting: "the web's proxy: forward the URL's pathname, not Next.js's decoded parameters",
  why: "names with ?, spaces or accents aren't found, and part of a path may become a query",
  run: async (target) => {
    const sent = "caf%C3%A9%3Fx%20y/";
    const arrived = await echo(target, `${target.product.admin}${sent}`);
    // The slash is left to the check trailing-slash.
    return arrived.includes(`/${sent.slice(0, -1)}`)
      ? passed(`${sent} arrives`)
      : failed(`${sent} arrives as ${arrived}`);
  },
};

const methods: Check = {
  id: "methods",
  title: "Every method reaches Django",
  setting: "the web's route handler: export GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS",
  why: "a form or a client that uses a missing method gets 405, or a response from Next.js instead",
  run: async (target) => {
    const form = await target.loginPage();
    const others: Dispatcher.HttpMethod[] = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"];
    // Django refuses these without a CSRF token, so they change nothing.
    const answers = await Promise.all(others.map((method) => target.ask({ path: target.loginPath, method })));
    const lost = others.filter((_, index) => !isDjangos(answers[index]!, form));
    return verdict(
      lost.length === 0 ? [] : [`not answered by Django: ${lost.join(", ")}`],
      `also ${others.join(", ")}`,
    );
  },
};

/** Headers that Django's security middleware sets and Next.js by default doesn't. */
const marks = ["x-frame-options", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"];

/** Whether a response comes from Django, by the headers that another response from Django has. */
export function isDjangos(answer: Pick<Answer, "headers">, ofDjango: Pick<Answer, "headers">): boolean {
  const expected = marks.filter((name) => ofDjango.headers.has(name));
  if (expected.length === 0) {
    throw new NotChecked("Django's responses have no header to recognize them by (SecurityMiddleware)");
  }
  return expected.every((name) => answer.headers.has(name));
}

const traversal: Check = {
  id: "traversal",
  title: "Encoded paths can't escape /api",
  setting: "the web's proxy: refuse dot segments, empty segments and backslashes after decoding",
  why: "anyone who can open the preview can reach paths that aren't meant to be public",
  run: async (target) => {
    await target.loginPage();
    const login = `${target.adminInDjango}login/`.slice(1);
    const forms = ["x/..%2f", "x/%2e%2e%2f", "%2e%2e%2fx%2f..%2f", "x/%252e%252e%252f", "x/..%5c", "%2f", "%5c"];
    const paths = forms.map((form) => `/api/${form}${login}`);
    const answers = await Promise.all(paths.map((path) => target.ask({ path })));
    const through = answers.filter(({ status, text }) => status < 300 && text.includes("csrfmiddlewaretoken"));
    return verdict(
      through.map(says),
      `${paths.length} forms answer ${[...new Set(answers.map(({ status }) => status))].join(", ")}`,
    );
  },
};

const compression: Check = {
  id: "compression",
  title: "Compressed responses are readable",
  setting: "the web's proxy: drop Content-Encoding and Content-Length if it passes on the decoded body",
  why: "browsers show ERR_CONTENT_DECODING_FAILED, or a truncated response",
  run: async (target) => {
    await target.loginPage();
    const path = target.loginPath;
    const [plain, squeezed] = await Promise.all([
      target.ask({ path }),
      target.ask({ path, headers: { "accept-encoding": "gzip, br" } }),
    ]);
    return readable(plain, ["identity"]) ?? readable(squeezed, ["identity", "gzip", "br"]) ?? passed("readable");
  },
};

/** Undefined if the body can be decoded as its Content-Encoding says. */
export function readable(answer: Pick<Answer, "headers" | "body">, accepted: readonly string[]): Verdict | undefined {
  const encoding = answer.headers.get("content-encoding") ?? "identity";
  if (!accepted.includes(encoding)) {
    return failed(`Content-Encoding: ${encoding}, which wasn't asked for`);
  }
  try {
    decoded(answer.body, encoding);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
      ? failed(`Content-Encoding: ${encoding}, of more than ${longestBody / 2 ** 20} MiB, though it is less without`)
      : failed(`Content-Encoding: ${encoding}, but the body isn't`);
  }
}

export const proxyChecks = [reach, redirects, prefix, slashes, query, encodedPath, methods, traversal, compression];
