import { addressOf, type ProductImage } from "./parts";
import type { Settings } from "./settings";
import { configuresTrust, type reservedNames, trustNames } from "./settings/reserved-names";

/**
 * The value of a variable: a literal, a key of the Secret that the preview creates for the container, or a key of a Secret
 * that the platform puts into the namespace.
 */
export type Variable = string | { readonly ownSecret: string } | { readonly secret: string; readonly key: string };
export type Environment = Readonly<Record<string, Variable>>;

/** Random values, different for every preview. */
export interface GeneratedSecrets {
  readonly databasePassword: string;
  readonly djangoSecretKey: string;
  readonly nextAuthSecret: string;
  /** Undefined without the setting `demoLogin`. */
  readonly demoPassword?: string;
}

const database = { user: "app", name: "app_preview" } as const;

/** Postgres's variables, as the official image defines them: https://hub.docker.com/_/postgres. */
export function databaseEnvironment(): Environment {
  return {
    POSTGRES_USER: database.user,
    POSTGRES_DB: database.name,
    POSTGRES_PASSWORD: { ownSecret: "POSTGRES_PASSWORD" },
    // Below the volume's root: initdb refuses a directory with a lost+found, which some volumes have.
    PGDATA: `${databaseVolume}/pgdata`,
  };
}

/** Mount path of the certificates from `trustedCa` and `trustPublicCas`. */
export const trustedCaFile = "/etc/trusted-ca/ca.crt";

/** Mount path of the database's volume, with PGDATA below it. */
export const databaseVolume = "/var/lib/postgresql/data";

export function databaseSecrets(generated: GeneratedSecrets): Record<string, string> {
  return { POSTGRES_PASSWORD: generated.databasePassword };
}

type Reserved<Image extends ProductImage> = Readonly<Record<(typeof reservedNames)[Image][number], Variable>>;

/** Django's variables, in the API and in the migration. */
export function apiEnvironment(settings: Settings): Environment {
  const { host, origin, apiHost } = settings.names;
  const { demoLogin, ingress, parts } = settings;
  const taken: Reserved<"api"> = {
    DJANGO_SETTINGS_MODULE: settings.api.settingsModule,
    DATABASE_URL: { ownSecret: "DATABASE_URL" },
    SECRET_KEY: { ownSecret: "SECRET_KEY" },
    // Next.js calls http://api:8000, and the probes send the same Host header.
    ALLOWED_HOSTS: [host, parts.api.name, ...(ingress.apiHost ? [apiHost] : [])].join(),
    CSRF_TRUSTED_ORIGINS: origin,
    CORS_ALLOWED_ORIGINS: [origin, ...settings.api.corsOrigins].join(),
    GIT_SHA: settings.revisions.api,
    PREVIEW_HOST: host,
  };
  return {
    ...settings.api.env,
    ...ownSecrets(settings.api.secrets),
    ...(demoLogin && { [demoLogin.passwordVariable]: { ownSecret: demoLogin.passwordVariable } }),
    ...trustVariables("api", settings),
    ...taken,
  };
}

export function apiSecrets(settings: Settings, generated: GeneratedSecrets): Record<string, string> {
  const { user, name } = database;
  const { demoLogin, parts } = settings;
  return {
    ...settings.api.secrets,
    ...(demoLogin && { [demoLogin.passwordVariable]: generated.demoPassword ?? "" }),
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(generated.databasePassword)}@${addressOf(parts.db)}/${name}`,
    SECRET_KEY: generated.djangoSecretKey,
  };
}

/** Name of the Secret with the demo login, of type kubernetes.io/basic-auth. */
export const demoLoginSecret = "demo-login";

/** Next.js's variables, with the names of both next-auth 4 and 5. */
export function webEnvironment(settings: Settings): Environment {
  const { host, origin } = settings.names;
  const { api } = settings.parts;
  const taken: Reserved<"web"> = {
    NODE_ENV: "production",
    // Kubernetes sets HOSTNAME to the pod's name, and the standalone server listens only on HOSTNAME
    // (vercel/next.js#77612).
    HOSTNAME: "0.0.0.0",
    PORT: String(settings.web.port),
    INTERNAL_API_URL: `http://${addressOf(api)}`,
    NEXT_PUBLIC_API_URL: `${origin}/api`,
    NEXTAUTH_URL: origin,
    NEXTAUTH_SECRET: { ownSecret: "NEXTAUTH_SECRET" },
    AUTH_URL: origin,
    AUTH_SECRET: { ownSecret: "AUTH_SECRET" },
    AUTH_TRUST_HOST: "true",
    GIT_SHA: settings.revisions.web,
    PREVIEW_HOST: host,
  };
  return {
    ...settings.web.env,
    ...ownSecrets(settings.web.secrets),
    ...trustVariables("web", settings),
    ...taken,
  };
}

export function webSecrets(settings: Settings, generated: GeneratedSecrets): Record<string, string> {
  return {
    ...settings.web.secrets,
    NEXTAUTH_SECRET: generated.nextAuthSecret,
    AUTH_SECRET: generated.nextAuthSecret,
  };
}

const trustVariables = (image: ProductImage, settings: Settings): Environment =>
  configuresTrust(settings) ? Object.fromEntries(trustNames[image].map((name) => [name, trustedCaFile])) : {};

function ownSecrets(values: Readonly<Record<string, string>>): Environment {
  return Object.fromEntries(Object.keys(values).map((name) => [name, { ownSecret: name }]));
}
