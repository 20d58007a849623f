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
  why: "every call of the browser to /api is a 400, while pages rendered on the server still work",
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
  title: "Django accepts the host by which Next.js calls it",
  setting: `ALLOWED_HOSTS (api): its second entry is ${standardParts.api.name}`,
  why: `the server's own calls to http://${internal} are a 400: pages come without data, health checks fail`,
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
  why: "mobile apps and integration tests that go to the API directly get an error",
  run: async (target) => {
    if (target.askApiHost === undefined) {
      throw new NotChecked(
        "no host of the API's own is known of: the stack has none (ingress.apiHost), and a URL alone tells of none",
      );
    }
    await target.loginPage();
    const answer = await target.askApiHost({ path: `${target.adminInDjango}login/` });
    return answer.status === 200 ? passed(says(answer)) : failed(says(answer));
  },
};

/** Django accepts a POST from its own origin as it understands that: which one it accepts shows how it sees itself. */
async function acceptedOf(target: Target, origins: readonly string[]): Promise<string[]> {
  const accepted = await Promise.all(origins.map((origin) => target.acceptsPost({ origin })));
  return origins.filter((_, index) => accepted[index]);
}

/** The absolute URLs in an answer of the API's, if the product file tells of one. */
export async function links(target: Target): Promise<URL[]> {
  if (target.product.links === undefined) {
    return [];
  }
  const { text } = await target.get(target.product.links);
  return [...text.matchAll(/https?:\/\/[^"\s<>\\]+/g)].flatMap(([url]) => URL.parse(url) ?? []);
}

const proxyHeader: Check = {
  id: "secure-proxy-header",
  title: "Django knows that visitors come by HTTPS",
  setting: 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") (Django), passed on by the web\'s proxy',
  why: "links, redirects and OAuth callbacks begin with http://, and the CSRF check takes requests for insecure ones",
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
  why: `absolute links, redirects and OAuth callbacks lead to ${internal}, which no browser can open`,
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
  setting: "the ingress controller overwrites X-Forwarded-*; the web's proxy believes no other header of a visitor's",
  why: "links in answers and mails can be made to lead to a stranger's host, also for others through a cache",
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
