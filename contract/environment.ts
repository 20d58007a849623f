import { addressOf, standardParts } from "./parts";
import type { Names } from "./names";
import type { SettingsValues } from "./settings/schema";
import { configuresTrust, type reservedNames, trustNames } from "./settings/reserved-names";
import { databaseUrl } from "./database";
import type { SecretText } from "./values";
import type { Environment, VariableValue } from "./workloads/variables";

/** What the contract's variables are made from. */
export interface ContractSources {
  readonly values: SettingsValues;
  readonly names: Names;
  /** GIT_SHA. */
  readonly revision: string;
}

/** Postgres's variables, as the official image defines them: https://hub.docker.com/_/postgres. */
export function databaseEnvironment({ user, name }: Pick<SettingsValues["database"], "user" | "name">): Environment {
  return {
    POSTGRES_USER: user,
    POSTGRES_DB: name,
    POSTGRES_PASSWORD: { ownSecret: "POSTGRES_PASSWORD" },
    // Below the volume's root: initdb refuses a directory with a lost+found, which some volumes have.
    PGDATA: `${databaseVolume}/pgdata`,
  };
}

export const databaseSecrets: Readonly<Record<string, SecretText>> = {
  POSTGRES_PASSWORD: [{ generated: "databasePassword" }],
};

/** Mount path of the certificates from `trustedCa` and `trustPublicCas`. */
export const trustedCaFile = "/etc/trusted-ca/ca.crt";

/** Mount path of the database's volume, with PGDATA below it. */
export const databaseVolume = "/var/lib/postgresql/data";

type Reserved<Base extends "api" | "web"> = Readonly<Record<(typeof reservedNames)[Base][number], VariableValue>>;

/** Django's variables, in the API, in its migration and in every service made `from` it. */
export function apiVariables({ values, names, revision }: ContractSources): Record<string, VariableValue> {
  const { host, origin, apiHost } = names;
  const { api, demoLogin, ingress } = values;
  const reserved: Reserved<"api"> = {
    DJANGO_SETTINGS_MODULE: api.settingsModule,
    DATABASE_URL: databaseUrl(values.database),
    SECRET_KEY: [{ generated: "djangoSecretKey" }],
    // Next.js calls http://api:8000, and the probes send the same Host header.
    ALLOWED_HOSTS: [host, standardParts.api.name, ...(ingress.apiHost ? [apiHost] : [])].join(),
    CSRF_TRUSTED_ORIGINS: origin,
    CORS_ALLOWED_ORIGINS: [origin, ...api.corsOrigins].join(),
    GIT_SHA: revision,
    PREVIEW_HOST: host,
  };
  return {
    ...(demoLogin && { [demoLogin.passwordVariable]: [{ generated: "demoPassword" }] }),
    ...trustVariables("api", values),
    ...reserved,
  };
}

/** Name of the Secret with the demo login, of type kubernetes.io/basic-auth. */
export const demoLoginSecret = "demo-login";

/** Next.js's variables, with the names of both next-auth 4 and 5. */
export function webVariables({ values, names, revision }: ContractSources): Record<string, VariableValue> {
  const { host, origin } = names;
  const reserved: Reserved<"web"> = {
    NODE_ENV: "production",
    // Kubernetes sets HOSTNAME to the pod's name, and the standalone server listens only on HOSTNAME
    // (vercel/next.js#77612).
    HOSTNAME: "0.0.0.0",
    PORT: String(values.web.port),
    INTERNAL_API_URL: `http://${addressOf(standardParts.api)}`,
    NEXT_PUBLIC_API_URL: `${origin}/api`,
    NEXTAUTH_URL: origin,
    NEXTAUTH_SECRET: [{ generated: "nextAuthSecret" }],
    AUTH_URL: origin,
    AUTH_SECRET: [{ generated: "nextAuthSecret" }],
    AUTH_TRUST_HOST: "true",
    GIT_SHA: revision,
    PREVIEW_HOST: host,
  };
  return { ...trustVariables("web", values), ...reserved };
}

const trustVariables = (base: "api" | "web", values: SettingsValues): Record<string, VariableValue> =>
  configuresTrust(values) ? Object.fromEntries(trustNames[base].map((name) => [name, trustedCaFile])) : {};
