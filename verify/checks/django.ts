import { standardParts } from "../../contract";
import { type Check, failed, passed, verdict } from "../check";
import { NotChecked, ServerFailed } from "../not-checked";
import { tagsOf } from "../html";
import { isRedirect, says } from "../http";
import { isDjangos } from "./proxy";

const statics: Check = {
  id: "static-files",
  title: "Django's static files are served",
  setting: 'collectstatic in the image build, whitenoise, and STATIC_URL = "/api/static/" (Django)',
  why: "the admin and the browsable API have no styles and scripts",
  run: async (target) => {
    const form = await target.loginPage();
    const sheets = tagsOf(form.text)
      .filter(({ name, attributes }) => name === "link" && attributes.get("rel") === "stylesheet")
      .flatMap(({ attributes }) => URL.parse(attributes.get("href") ?? "", new URL(form.path, target.origin)) ?? [])
      .filter((url) => url.origin === target.origin)
      .slice(0, mostSheets);
    if (sheets.length === 0) {
      throw new NotChecked("the login form has no style sheet on this host");
    }
    const answers = await Promise.all(sheets.map(({ pathname, search }) => target.ask({ path: pathname + search })));
    const broken = answers.filter(
      ({ status, headers, body }) =>
        status !== 200 || !(headers.get("content-type") ?? "").startsWith("text/css") || body.length === 0,
    );
    return verdict(broken.slice(0, 1).map(says), `${answers.length} style sheets of the admin`);
  },
};

/** How many style sheets are requested; the admin has six. */
const mostSheets = 20;

const debug: Check = {
  id: "debug",
  title: "Django's debug pages are off",
  setting: "DEBUG = False (Django), DJANGO_SETTINGS_MODULE (api.settingsModule)",
  why: "error pages show settings, queries and code to anyone who opens the preview",
  run: async (target) => {
    const form = await target.loginPage();
    const answer = await target.get("/api/preview-verify/no-such-page/");
    if (/DEBUG\s*=\s*True/.test(answer.text)) {
      return failed(`${answer.path} shows Django's debug page`);
    }
    if (!isDjangos(answer, form)) {
      throw new NotChecked(`Django's own error page wasn't seen: ${says(answer)}`);
    }
    return passed(says(answer));
  },
};

const redirect: Check = {
  id: "internal-redirect",
  title: "Django doesn't redirect internal calls to HTTPS",
  setting: "SECURE_SSL_REDIRECT = False (Django): the ingress redirects",
  why: "Next.js's calls to http://api:8000 loop, while every health check looks green",
  run: async (target) => {
    const answer = await target.cluster.askApi({ path: "/" });
    const location = answer.headers.get("location") ?? "";
    return isRedirect(answer) && location.startsWith("https:")
      ? failed(`http://api:8000${says(answer)}`)
      : passed(`http://api:8000${says(answer)}`);
  },
};

const webHealth: Check = {
  id: "web-health",
  title: "The web answers its health check",
  setting: "web.livePath, web.readyPath (product file: health)",
  why: "Kubernetes restarts the web, or never routes requests to it",
  run: async (target) => {
    if (target.hasCluster && !target.cluster.hasWeb) {
      throw new NotChecked("this preview has no web of its own (web.enabled: false)");
    }
    const answer = await target.get(target.product.health);
    return answer.status === 200 ? passed(says(answer)) : failed(says(answer));
  },
};

const apiHealth: Check = {
  id: "api-health",
  title: "The API answers its health checks",
  setting: "api.livePath, api.readyPath; ALLOWED_HOSTS (api) with api",
  why: "Kubernetes restarts the API, or never routes requests to it",
  run: async (target) => {
    const { livenessProbe, readinessProbe, ports } = await target.cluster.container(standardParts.api);
    const checks = [livenessProbe, readinessProbe].flatMap((probe) => probe?.httpGet ?? []);
    // Its Service leads to its first port only.
    const own = checks.filter(({ port }) => String(port) === String(ports?.[0]?.containerPort));
    const paths = own.flatMap(({ path }) => path ?? []);
    if (paths.length === 0) {
      throw new NotChecked("the API's container has no health check by HTTP on its own port");
    }
    const answers = await Promise.all(paths.map((path) => target.cluster.askApi({ path }))).catch((error) => {
      if (error instanceof ServerFailed) {
        return error;
      }
      throw error;
    });
    if (answers instanceof ServerFailed) {
      return failed(answers.message);
    }
    const redirected = answers.find(isRedirect);
    if (redirected !== undefined) {
      // A success to Kubernetes: the check internal-redirect reports it.
      throw new NotChecked(`the health check is redirected: ${says(redirected)}`);
    }
    const broken = answers.filter(({ status }) => status !== 200);
    return verdict(broken.map(says), paths.join(", "));
  },
};

const migrations: Check = {
  id: "migrations",
  title: "All migrations are applied",
  setting:
    "api.migrate: the Job that runs before the API changes; after a force-push that drops a migration, preview reset-db",
  why: "pages that use a new column or table answer 500",
  run: async (target) => {
    const { exitCode, stdout } = await target.cluster.exec(standardParts.api, target.product.migrateCheck);
    const missing = [...stdout.matchAll(/^ *\* *(?:\w+\.)+(\w+)$/gm)].length;
    return exitCode === 0
      ? passed(`${target.product.migrateCheck.join(" ")} finds nothing to do`)
      : failed(
          `${target.product.migrateCheck.join(" ")} ends with ${exitCode}${missing ? `: ${missing} missing` : ""}`,
        );
  },
};

const seed: Check = {
  id: "seed",
  title: "The demo data exists",
  setting: "api.migrate, which seeds the first time (product file: seed)",
  why: "reviewers find an empty product with nothing to try",
  run: async (target) => {
    const { path, text } = target.told("seed");
    const answer = await target.get(path);
    if (answer.status === 400 || isRedirect(answer)) {
      throw new NotChecked(`something else comes before it: ${says(answer)}`);
    }
    if (answer.status !== 200) {
      return failed(says(answer));
    }
    return answer.text.includes(text) ? passed(`${path} has the text`) : failed(`${path} doesn't have “${text}”`);
  },
};

export const djangoChecks = [statics, debug, redirect, webHealth, apiHealth, migrations, seed];
