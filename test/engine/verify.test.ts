import assert from "node:assert/strict";
import { rootCertificates } from "node:tls";
import { execa } from "execa";
import { join } from "node:path";
import { httpClient } from "../../clients/http/client";
import type { ProductInput } from "../../verify/product";
import type { Report } from "../../verify/run-checks";
import { caCertificate } from "../../embedded";
import { embedded } from "./embedded";
import { query } from "./kubectl";
import { type Fault, FaultyPreview, productFile } from "./verify/faulty-preview";

const command = join(__dirname, "../../bin/preview.mjs");

/** A fault, and what must be found. */
interface Planted extends Fault {
  readonly title: string;
  /** The checks that must fail: first the one for this fault, then those that fail as a consequence. */
  readonly finds: readonly string[];
  /** What the first one says to change. */
  readonly names: RegExp;
}

describe("preview verify", () => {
  const faulty = new FaultyPreview(90501);
  const { preview } = faulty;
  const foreign = `https://pr-7.previews.localhost:${embedded().port}`;

  before(() => faulty.open());
  after(() => faulty.close());

  describe("of a healthy preview", () => {
    let report: Report;

    before(async () => {
      report = await faulty.verify();
    });

    it("passes", () => {
      assert.deepEqual(problems(report), []);
      assert.equal(report.ok, true);
    });

    it("leaves only one thing unchecked, and says why", () => {
      assert.deepEqual(notChecked(report), ["http-redirect"]);
      assert.match(seen(report, "http-redirect"), /public port isn't 443/);
    });

    it("prints no secret", async () => {
      const { password } = await preview.login();
      const told = JSON.stringify(report);
      assert.equal(told.includes(password), false);
      // Neither cookie values nor tokens: those are longer than any word in a finding.
      const words = JSON.stringify(report.findings.filter(({ id }) => id !== "images" && id !== "revision"));
      assert.doesNotMatch(words, /[A-Za-z0-9]{32}/);
    });

    it("changes no data and leaves no session behind", async () => {
      assert.equal(await query(faulty.namespace, "select count(*) from django_session"), "0");
    });

    it("also works with an account without admin access, when the product file says how to log in", async () => {
      const login = { path: "/api/session/", whoami: "/api/session/" };
      const other = await faulty.verify({ login });
      assert.deepEqual(problems(other), []);
      assert.deepEqual(notChecked(other), ["http-redirect", "several-cookies"]);
      assert.equal(await query(faulty.namespace, "select count(*) from django_session"), "0");
    });

    it("lists what it can't check without the cluster", async () => {
      const blind = await faulty.verify({}, { context: "nobody" });
      assert.deepEqual(problems(blind), []);
      const inside = ["csrf-trusted-origins", "internal-redirect", "api-health", "migrations", "images", "revision"];
      for (const id of inside) {
        assert.match(seen(blind, id), /context "nobody" does not exist/, id);
      }
      assert.match(seen(blind, "login"), /PREVIEW_USERNAME/);
    });
  });

  describe("with a URL, as a command", () => {
    const run = (...args: string[]) =>
      execa(process.execPath, [command, "verify", preview.names.origin, ...args], {
        env: { NODE_EXTRA_CA_CERTS: caCertificate, PREVIEW_USERNAME: "", PREVIEW_PASSWORD: "" },
        reject: false,
      });

    it("lists what it can't check from outside, or without a login and a product file", async () => {
      const { stdout, exitCode } = await run("--json");
      const report = JSON.parse(stdout) as Report;
      assert.equal(exitCode, 0);
      assert.deepEqual(problems(report), []);
      assert.deepEqual(notChecked(report), [
        "http-redirect",
        "allowed-hosts-internal",
        "api-host",
        "event-stream",
        "csrf-trusted-origins",
        "login",
        "cookie-secure",
        "cookie-domain",
        "cookie-samesite",
        "cookie-httponly",
        "cookie-names",
        "several-cookies",
        "cors-own-origin",
        "server-to-api",
        "private-caching",
        "auth-url",
        "internal-redirect",
        "api-health",
        "migrations",
        "seed",
        "images",
        "revision",
        "pair",
        "isolation",
        "enforced-policies",
      ]);
    });

    it("shows people a table", async () => {
      const { stdout } = await run("--product", productFile);
      assert.match(stdout, /server-to-api +│ passed/);
      assert.match(stdout, /: \d+ passed, \d+ not checked$/);
    });

    it("can't run when nothing answers", async () => {
      const { stderr, exitCode } = await execa(process.execPath, [command, "verify", "https://127.0.0.1:1"], {
        reject: false,
      });
      assert.match(stderr, /^https:\/\/127\.0\.0\.1:1 can't be reached: ECONNREFUSED$/m);
      assert.equal(exitCode, 2);
    });
  });

  describe("finds in Django's settings", () => {
    const settings: Planted[] = [
      {
        title: "no USE_X_FORWARDED_HOST",
        api: { FAULT: "no-forwarded-host" },
        finds: ["forwarded-host"],
        names: /USE_X_FORWARDED_HOST/,
      },
      {
        title: "no SECURE_PROXY_SSL_HEADER",
        api: { FAULT: "no-proxy-header" },
        finds: ["secure-proxy-header"],
        names: /SECURE_PROXY_SSL_HEADER/,
      },
      {
        title: "SECURE_SSL_REDIRECT, which redirects Next.js",
        api: { FAULT: "ssl-redirect" },
        finds: ["internal-redirect", "server-to-api"],
        names: /SECURE_SSL_REDIRECT/,
      },
      { title: "DEBUG", api: { FAULT: "debug" }, finds: ["debug"], names: /DEBUG = False/ },
      {
        title: "a wildcard in CSRF_TRUSTED_ORIGINS",
        api: { FAULT: "csrf-wildcard" },
        finds: ["csrf-sibling"],
        names: /CSRF_TRUSTED_ORIGINS/,
      },
      {
        title: "no trusted origin at all: no form and no login passes",
        api: { FAULT: "csrf-nobody" },
        finds: ["csrf-origin", "csrf-trusted-origins", "forwarded-host", "login"],
        names: /CSRF_TRUSTED_ORIGINS/,
      },
      {
        title: "a CORS regex with credentials",
        api: { FAULT: "cors-regex" },
        finds: ["cors-sibling"],
        names: /CORS_ALLOWED_ORIGIN_REGEXES/,
      },
      {
        title: "cookies without Secure",
        api: { FAULT: "insecure-cookies" },
        finds: ["cookie-secure"],
        names: /SESSION_COOKIE_SECURE/,
      },
      {
        title: "a cookie for the whole domain",
        api: { FAULT: "shared-cookies" },
        finds: ["cookie-domain"],
        names: /SESSION_COOKIE_DOMAIN/,
      },
      {
        title: "a cookie for every site",
        api: { FAULT: "cross-site-cookies" },
        finds: ["cookie-samesite"],
        names: /SESSION_COOKIE_SAMESITE/,
      },
      {
        title: "a cookie that scripts can read",
        api: { FAULT: "readable-cookies" },
        finds: ["cookie-httponly"],
        names: /SESSION_COOKIE_HTTPONLY/,
      },
      {
        title: "no static files",
        api: { FAULT: "no-static-files" },
        finds: ["static-files"],
        names: /whitenoise/,
      },
      {
        title: "no X-Frame-Options",
        api: { FAULT: "framed" },
        finds: ["framing"],
        names: /XFrameOptionsMiddleware/,
      },
      {
        title: "bodies without a length that Django treats as empty",
        api: { FAULT: "unmeasured-bodies" },
        finds: ["body-without-length"],
        names: /411/,
      },
      { title: "no noindex", api: { FAULT: "indexable" }, finds: ["noindex"], names: /X-Robots-Tag/ },
      { title: "a health check that fails", api: { FAULT: "unready" }, finds: ["api-health"], names: /api\.readyPath/ },
    ];
    settings.forEach(itFinds);

    it("cookie names that a sibling can plant, as a warning rather than a failure", async () => {
      await faulty.plant({ api: { FAULT: "plain-cookie-names" } });
      const report = await faulty.verify();
      assert.deepEqual(problems(report), ["cookie-names"]);
      assert.equal(report.ok, true);
      assert.match(setting(report, "cookie-names"), /SESSION_COOKIE_NAME/);
    });
  });

  describe("finds in the API's variables", () => {
    const { host, apiHost } = preview.names;
    const variables: Planted[] = [
      {
        title: "ALLOWED_HOSTS without the public host",
        api: { ALLOWED_HOSTS: `api,${apiHost}` },
        finds: ["allowed-hosts-public"],
        names: /ALLOWED_HOSTS/,
      },
      {
        title: "ALLOWED_HOSTS without the API's own host",
        api: { ALLOWED_HOSTS: `${host},api` },
        finds: ["api-host"],
        names: /ALLOWED_HOSTS/,
      },
      {
        title: "another preview's CSRF_TRUSTED_ORIGINS",
        api: { CSRF_TRUSTED_ORIGINS: foreign },
        finds: ["csrf-trusted-origins"],
        names: /CSRF_TRUSTED_ORIGINS/,
      },
      {
        title: "another preview's CORS_ALLOWED_ORIGINS",
        api: { CORS_ALLOWED_ORIGINS: foreign },
        finds: ["cors-own-origin"],
        names: /CORS_ALLOWED_ORIGINS/,
      },
    ];
    variables.forEach(itFinds);

    it("ALLOWED_HOSTS without api, the host that Next.js and the health checks use", async () => {
      await faulty.plant({ api: { FAULT: "no-internal-host" } });
      await finds(["allowed-hosts-internal", "server-to-api", "api-health"], /ALLOWED_HOSTS/);
    });

    it("another GIT_SHA", async () => {
      const { api: right } = faulty.deployed.revisions;
      await faulty.setVariables("api", "GIT_SHA=badc0de");
      try {
        await finds(["revision"], /GIT_SHA/);
      } finally {
        await faulty.setVariables("api", `GIT_SHA=${right}`);
      }
    });
  });

  describe("finds in the web", () => {
    const faults: Planted[] = [
      {
        title: "a proxy that follows redirects, which loses a login's cookies",
        front: "follows-redirects",
        finds: ["redirects", "login"],
        names: /redirect: "manual"/,
      },
      {
        title: "a proxy that keeps only one cookie",
        front: "one-cookie",
        finds: ["several-cookies"],
        names: /Set-Cookie/,
      },
      {
        title: "a proxy that strips trailing slashes",
        front: "strips-slash",
        finds: ["trailing-slash"],
        names: /skipTrailingSlashRedirect/,
      },
      { title: "a proxy without PATCH", front: "no-patch", finds: ["methods"], names: /PATCH/ },
      {
        title: "a proxy that answers OPTIONS itself",
        front: "own-options",
        finds: ["methods"],
        names: /OPTIONS/,
      },
      {
        title: "a proxy that labels an uncompressed body gzip",
        front: "keeps-encoding",
        finds: ["compression"],
        names: /Content-Encoding/,
      },
      {
        title: "a proxy that garbles headers",
        front: "spoils-headers",
        finds: ["answer-headers", "cors-own-origin"],
        names: /compress: true/,
      },
      {
        title: "a proxy that buffers events",
        front: "holds-events",
        finds: ["event-stream"],
        names: /stream the response/,
      },
      {
        title: "a proxy that loses bodies without a length",
        front: "loses-unmeasured",
        finds: ["body-without-length"],
        names: /411/,
      },
      {
        title: "pages that any other preview may frame",
        front: "framed",
        finds: ["framing"],
        names: /frame-ancestors/,
      },
      {
        title: "a proxy that trusts a visitor's Forwarded",
        front: "gullible",
        finds: ["forwarded-spoofing"],
        names: /X-Forwarded/,
      },
      {
        title: "a proxy that decodes paths, and so allows traversal",
        front: "decodes-path",
        finds: ["traversal", "encoded-path"],
        names: /dot segments/,
      },
      {
        title: "a proxy that rewrites queries",
        front: "rewrites-query",
        finds: ["query"],
        names: /raw query/,
      },
      {
        title: "a proxy that doesn't pass on the prefix",
        front: "no-prefix",
        finds: ["prefix"],
        names: /X-Forwarded-Prefix/,
      },
      {
        title: "private responses that caches may store",
        front: "caches",
        finds: ["private-caching"],
        names: /Cache-Control/,
      },
      {
        title: "another preview's host in the JavaScript",
        front: "frozen-host",
        finds: ["javascript-hosts"],
        names: /NEXT_PUBLIC_API_URL/,
      },
      {
        title: "the build machine's address in the JavaScript",
        front: "frozen-build-machine",
        finds: ["javascript-hosts"],
        names: /NEXT_PUBLIC_API_URL/,
      },
      {
        title: "pages that don't reach the API",
        web: { INTERNAL_API_URL: "http://nobody:8000" },
        front: "none",
        finds: ["server-to-api"],
        names: /INTERNAL_API_URL/,
      },
      {
        title: "a health check that fails",
        front: "unhealthy",
        finds: ["web-health"],
        names: /web\.livePath/,
      },
      {
        title: "a wrong INTERNAL_API_URL, on both paths to the API",
        web: { INTERNAL_API_URL: "http://nobody:8000" },
        finds: ["browser-to-api", "server-to-api", "event-stream", "login", "seed"],
        names: /INTERNAL_API_URL/,
      },
    ];
    faults.forEach(itFinds);

    it("nothing when Next.js compresses, as it does by default", async () => {
      await faulty.plant({ web: { SERVER: "compressing.js" } });
      await finds([], /^$/);
    });

    it("another preview's NEXTAUTH_URL", async () => {
      await faulty.setVariables("web", `NEXTAUTH_URL=${foreign}`);
      try {
        await finds(["auth-url"], /NEXTAUTH_URL/);
      } finally {
        await faulty.setVariables("web", `NEXTAUTH_URL=${preview.names.origin}`);
      }
    });
  });

  describe("finds, outside code and settings,", () => {
    before(() => faulty.plant({}));

    it("an untrusted certificate, and stops there", async () => {
      const client = httpClient(rootCertificates);
      const report = await faulty.verify({}, { client });
      assert.deepEqual(problems(report), ["tls-certificate"]);
      assert.equal(notChecked(report).length, report.findings.length - 1);
    });

    it("a migration that isn't applied", async () => {
      const move = (from: string, to: string) =>
        query(faulty.namespace, `update django_migrations set app = '${to}' where app = '${from}'`);
      await move("orders", "not-orders");
      try {
        await finds(["migrations"], /api\.migrate/);
      } finally {
        await move("not-orders", "orders");
      }
    });

    it("a seed that never ran", async () => {
      await query(faulty.namespace, "truncate orders_order, orders_customer cascade");
      try {
        await finds(["seed"], /api\.migrate, which seeds/);
      } finally {
        const seed = "python manage.py loaddata fixtures/preview_seed.json && python manage.py seed_demo_data";
        await faulty.kubectl("exec", "deployment/api", "--", "sh", "-c", seed);
      }
    });

    it("a login that doesn't work", async () => {
      const activate = (active: boolean) => query(faulty.namespace, `update auth_user set is_active = ${active}`);
      await activate(false);
      try {
        await finds(["login"], /demoLogin/);
      } finally {
        await activate(true);
      }
    });

    it("an image other than the requested one", async () => {
      const right = faulty.deployed.images.api;
      const setImage = async (image: string, command: string[], settingsModule: string) => {
        const env = [{ name: "DJANGO_SETTINGS_MODULE", value: settingsModule }];
        const containers = [{ name: "api", image, command, env }];
        const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
        await faulty.kubectl("patch", "deployment/api", "--patch", patch);
        await faulty.renewed("api");
      };
      await setImage(embedded().images.api, ["./bin/api-entrypoint.sh"], "app.settings.preview");
      try {
        // The reference product has no stream of events.
        await finds(["images", "event-stream"], /api\.image/);
      } finally {
        await setImage(right!, ["python", "faulty.py"], "faults");
      }
    });

    it("nothing once everything is fixed", async () => {
      await faulty.plant({});
      await finds([], /^$/);
    });
  });

  function itFinds({ title, finds: ids, names, ...fault }: Planted): void {
    it(title, async () => {
      await faulty.plant(fault);
      await finds(ids, names);
    });
  }

  async function finds(ids: readonly string[], names: RegExp, product: Partial<ProductInput> = {}): Promise<void> {
    const report = await faulty.verify(product);
    assert.deepEqual(problems(report).sort(), [...ids].sort(), JSON.stringify(wrong(report), undefined, 2));
    if (ids[0] !== undefined) {
      assert.match(setting(report, ids[0]), names);
    }
  }
});

const wrong = ({ findings }: Report) => findings.filter(({ outcome }) => outcome === "failed" || outcome === "warning");
const problems = (report: Report) => wrong(report).map(({ id }) => id);
const notChecked = ({ findings }: Report) =>
  findings.filter(({ outcome }) => outcome === "not checked").map(({ id }) => id);
const seen = ({ findings }: Report, wanted: string) => findings.find(({ id }) => id === wanted)?.seen ?? "";
const setting = ({ findings }: Report, wanted: string) => findings.find(({ id }) => id === wanted)?.setting ?? "";
