import assert from "node:assert/strict";
import fc from "fast-check";
import { databaseEnvironment, databaseSecrets, secretData, type Settings, trustedCaFile } from "../../contract";
import { certificate, minimal, settingsWith } from "./example-settings";

const generated = {
  databasePassword: "p@ss/w:rd",
  djangoSecretKey: "django",
  nextAuthSecret: "auth",
  demoPassword: "reviewer",
};
const apiEnvironment = ({ workloads }: Settings) => workloads.api!.environment;
const webEnvironment = ({ workloads }: Settings) => workloads.web!.environment;

describe("the environment of the containers", () => {
  const settings = settingsWith({ port: 8443 });
  const origin = "https://pr-123.previews.example.com:8443";

  it("gives Django the host, the service's name and the origin with its port", () => {
    assert.deepEqual(apiEnvironment(settings), {
      DJANGO_SETTINGS_MODULE: "app.settings.preview",
      DATABASE_URL: { ownSecret: "DATABASE_URL" },
      SECRET_KEY: { ownSecret: "SECRET_KEY" },
      ALLOWED_HOSTS: "pr-123.previews.example.com,api",
      CSRF_TRUSTED_ORIGINS: origin,
      CORS_ALLOWED_ORIGINS: origin,
      GIT_SHA: "4f5c2d1",
      PREVIEW_HOST: "pr-123.previews.example.com",
    });
  });

  it("gives the web both families of auth variables and the API's internal and public URL", () => {
    assert.deepEqual(webEnvironment(settings), {
      NODE_ENV: "production",
      HOSTNAME: "0.0.0.0",
      PORT: "3000",
      INTERNAL_API_URL: "http://api:8000",
      NEXT_PUBLIC_API_URL: `${origin}/api`,
      NEXTAUTH_URL: origin,
      NEXTAUTH_SECRET: { ownSecret: "NEXTAUTH_SECRET" },
      AUTH_URL: origin,
      AUTH_SECRET: { ownSecret: "AUTH_SECRET" },
      AUTH_TRUST_HOST: "true",
      GIT_SHA: settings.revisions.web,
      PREVIEW_HOST: "pr-123.previews.example.com",
    });
  });

  it("allows the API's own host and the listed origins when settings ask for them", () => {
    const { ALLOWED_HOSTS, CORS_ALLOWED_ORIGINS, CSRF_TRUSTED_ORIGINS } = apiEnvironment(
      settingsWith({
        ingress: { apiHost: true },
        api: { ...minimal.api, corsOrigins: ["https://app.example.com", "http://localhost:5173"] },
      }),
    );
    assert.equal(ALLOWED_HOSTS, "pr-123.previews.example.com,api,pr-123-api.previews.example.com");
    assert.equal(
      CORS_ALLOWED_ORIGINS,
      "https://pr-123.previews.example.com,https://app.example.com,http://localhost:5173",
    );
    assert.equal(CSRF_TRUSTED_ORIGINS, "https://pr-123.previews.example.com");
  });

  it("points each language at the certificates to trust, a company's or the public ones", () => {
    for (const trust of [{ trustedCa: certificate }, { trustPublicCas: true }]) {
      const trusting = settingsWith(trust);
      const { SSL_CERT_FILE, REQUESTS_CA_BUNDLE } = apiEnvironment(trusting);
      const { NODE_EXTRA_CA_CERTS } = webEnvironment(trusting);
      assert.deepEqual(new Set([SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS]), new Set([trustedCaFile]));
    }
  });

  it("leaves those variables to the product when the preview sets no certificates", () => {
    const { SSL_CERT_FILE } = apiEnvironment(
      settingsWith({ api: { ...minimal.api, env: { SSL_CERT_FILE: "/own.crt" } } }),
    );
    assert.equal(SSL_CERT_FILE, "/own.crt");
  });

  it("finds every variable that it reads from its own Secret in that Secret", () => {
    const withSecrets = settingsWith({
      demoLogin: { username: "reviewer", passwordVariable: "DEMO_USER_PASSWORD" },
      api: { ...minimal.api, secrets: { STRIPE_KEY: "s" } },
      web: { ...minimal.web, secrets: { SENTRY_DSN: "d" } },
    });
    const pairs = [
      [apiEnvironment(withSecrets), withSecrets.workloads.api!.secrets],
      [webEnvironment(withSecrets), withSecrets.workloads.web!.secrets],
      [databaseEnvironment(withSecrets.database), databaseSecrets],
    ] as const;
    for (const [environment, secrets] of pairs) {
      const named = Object.values(environment).flatMap((value) =>
        typeof value === "object" && "ownSecret" in value ? [value.ownSecret] : [],
      );
      assert.deepEqual(named.sort(), Object.keys(secrets).sort());
    }
  });

  it("has the product's own variables as well as the contract's", () => {
    const environment = apiEnvironment(settingsWith({ api: { ...minimal.api, env: { PRODUCT: "kept" } } }));
    assert.equal(environment.PRODUCT, "kept");
  });

  it("encodes any password into a DATABASE_URL that parses back to that password", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (databasePassword) => {
        const url = new URL(
          secretData(settings.workloads.api!.secrets, { ...generated, databasePassword }).DATABASE_URL!,
        );
        assert.equal(decodeURIComponent(url.password), databasePassword);
        assert.equal(`${url.host}${url.pathname}`, "db:5432/app_preview");
      }),
    );
  });
});
