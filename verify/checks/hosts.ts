import { addressOf, standardParts } from "../../contract";
import { type Check, failed, passed, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { says } from "../http";
import type { Target } from "../target";

const internal = addressOf(standardParts.api);

const publicHost: Check = {
  id: "allowed-hosts-public",
  title: "Django accepts the public host",
  setting: "ALLOWED_HOSTS (api): its first entry is the public host, without scheme and port",
  why: "every browser request to /api answers 400, while pages rendered on the server still work",
  run: async (target) => {
    const path = target.product.api ?? target.loginPath;
    const answer = await target.get(path);
    if (answer.status === 400) {
      return failed(`${says(answer)} for the host ${target.host}`);
    }
    if (target.product.api === undefined) {
      await target.loginPage();
    } else if (answer.status !== 200) {
      throw new NotChecked(`Django wasn't reached: ${says(answer)}`);
    }
    return passed(says(answer));
  },
};

const internalHost: Check = {
  id: "allowed-hosts-internal",
  title: "Django accepts the host that Next.js uses to call it",
  setting: `ALLOWED_HOSTS (api): its second entry is ${standardParts.api.name}`,
  why: `the web's calls to http://${internal} answer 400: pages have no data, health checks fail`,
  run: async (target) => {
    const { page } = target.product;
    if (page !== undefined && (await target.get(page.path)).text.includes(page.text)) {
      return passed(`${page.path} shows what the API answered to Next.js`);
    }
    const answer = await target.cluster.askApi({ path: "/" });
    const seen = `http://${internal}${says(answer)}`;
    return answer.status === 400 ? failed(seen) : passed(seen);
  },
};

const apiHost: Check = {
  id: "api-host",
  title: "Django's own host leads to Django",
  setting: "ingress.apiHost, and ALLOWED_HOSTS (api) with that host",
  why: "mobile apps and integration tests that call the API directly get an error",
  run: async (target) => {
    if (target.askApiHost === undefined) {
      throw new NotChecked(
        "the API has no host of its own (ingress.apiHost), or it isn't known since the preview was given by URL",
      );
    }
    const answer = await target.askApiHost({ path: `${target.adminInDjango}login/` });
    if (answer.status === 200) {
      return passed(says(answer));
    }
    if (answer.status < 500) {
      // Otherwise the admin may be elsewhere.
      await target.loginPage();
    }
    return failed(says(answer));
  },
};

/** The origins from which Django accepts a POST. It accepts its own, so they show which origin Django believes to have. */
async function acceptedOf(target: Target, origins: readonly string[]): Promise<string[]> {
  const accepted = await Promise.all(origins.map((origin) => target.acceptsPost({ origin })));
  return origins.filter((_, index) => accepted[index]);
}

/** The absolute URLs in the API's response at the product file's `links`; none without that key. */
export async function links(target: Target): Promise<URL[]> {
  if (target.product.links === undefined) {
    return [];
  }
  const { text } = await target.get(target.product.links);
  return [...text.matchAll(/https?:\/\/[^"\s<>\\]+/g)].flatMap(([url]) => URL.parse(url) ?? []);
}

const proxyHeader: Check = {
  id: "secure-proxy-header",
  title: "Django knows that visitors use HTTPS",
  setting: 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") (Django), passed on by the web\'s proxy',
  why: "links, redirects and OAuth callbacks begin with http://, and the CSRF check treats requests as insecure",
  run: async (target) => {
    const accepted = await acceptedOf(target, [`http://${target.host}`, `http://${internal}`]);
    const insecure = (await links(target)).filter(({ protocol }) => protocol === "http:");
    return verdict(
      [
        ...accepted.map((origin) => `Django takes itself for ${origin}`),
        ...insecure.slice(0, 1).map(({ href }) => `${target.product.links} has a link to ${href}`),
      ],
      "a POST from http:// is refused as foreign",
    );
  },
};

const forwardedHost: Check = {
  id: "forwarded-host",
  title: "Django knows its public host",
  setting: "USE_X_FORWARDED_HOST = True (Django), and X-Forwarded-Host passed on by the web's proxy",
  why: `absolute links, redirects and OAuth callbacks point to ${internal}, which no browser can open`,
  run: async (target) => {
    const accepted = await acceptedOf(target, [`https://${internal}`, `http://${internal}`]);
    const foreign = (await links(target)).filter(({ host }) => host !== target.host);
    return verdict(
      [
        ...accepted.map((origin) => `Django takes itself for ${origin}`),
        ...foreign.slice(0, 1).map(({ href }) => `${target.product.links} has a link to ${href}`),
      ],
      `a POST from ${internal} is refused as foreign`,
    );
  },
};

const spoofed = "spoofed.invalid";
const spoof = {
  "x-forwarded-host": spoofed,
  "x-forwarded-proto": "http",
  "x-original-host": spoofed,
  forwarded: `host=${spoofed};proto=http`,
};

const spoofing: Check = {
  id: "forwarded-spoofing",
  title: "A visitor can't choose the host that Django sees",
  setting: "the ingress controller: overwrite X-Forwarded-*; the web's proxy: trust no other header from visitors",
  why: "an attacker can make links in pages and mails point to their own host, for other visitors too if a cache is involved",
  run: async (target) => {
    await target.loginPage();
    const answer = await target.ask({ path: target.loginPath, headers: spoof });
    if (answer.status !== 200) {
      return failed(`with forged headers ${says(answer)}`);
    }
    const origins = [`http://${spoofed}`, `https://${spoofed}`, `http://${target.host}`];
    const plain = await acceptedOf(target, origins);
    const accepted = await Promise.all(origins.map((origin) => target.acceptsPost({ ...spoof, origin })));
    const believed = origins.filter((origin, index) => accepted[index] && !plain.includes(origin));
    return verdict(
      believed.map((origin) => `with forged headers Django takes itself for ${origin}`),
      "forged headers change nothing",
    );
  },
};

export const hostChecks = [publicHost, internalHost, apiHost, proxyHeader, forwardedHost, spoofing];
