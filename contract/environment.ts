import { addressOf, type ProductImage } from "./parts";
import type { Settings } from "./settings";
import { configuresTrust, type reservedNames, trustNames } from "./settings/reserved-names";

/**
 * The value of a variable: a text; a key of the container's own Secret, made here; or a key of a Secret that the
 * platform puts into the namespace.
 */
export type Variable = string | { readonly ownSecret: string } | { readonly secret: string; readonly key: string };
export type Environment = Readonly<Record<string, Variable>>;

/** Random values that every preview gets its own of. */
export interface GeneratedSecrets {
  readonly databasePassword: string;
  readonly djangoSecretKey: string;
  readonly nextAuthSecret: string;
  /** Undefined without the setting `demoLogin`. */
  readonly demoPassword?: string;
}

const database = { user: "app", name: "app_preview" } as const;

/** What the Postgres image sees: the variables of the official image, https://hub.docker.com/_/postgres. */
export function databaseEnvironment(): Environment {
  return {
    POSTGRES_USER: database.user,
    POSTGRES_DB: database.name,
    POSTGRES_PASSWORD: { ownSecret: "POSTGRES_PASSWORD" },
    // A folder below the volume's root: some volumes have a lost+found that initdb refuses.
    PGDATA: `${databaseVolume}/pgdata`,
  };
}

/** Where the certificates of the settings `trustedCa` and `trustPublicCas` are mounted. */
export const trustedCaFile = "/etc/trusted-ca/ca.crt";

/** Where the volume is mounted; PGDATA is below it. */
export const databaseVolume = "/var/lib/postgresql/data";

export function databaseSecrets(generated: GeneratedSecrets): Record<string, string> {
  return { POSTGRES_PASSWORD: generated.databasePassword };
}

type Reserved<Image extends ProductImage> = Readonly<Record<(typeof reservedNames)[Image][number], Variable>>;

/** What Django sees, in the API and in the migration. */
export function apiEnvironment(settings: Settings): Environment {
  const { host, origin, apiHost } = settings.names;
  const { demoLogin, ingress, parts } = settings;
  const taken: Reserved<"api"> = {
    DJANGO_SETTINGS_MODULE: settings.api.settingsModule,
    DATABASE_URL: { ownSecret: "DATABASE_URL" },
    SECRET_KEY: { ownSecret: "SECRET_KEY" },
    // Next.js calls http://api:8000, and the probes send the same host.
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

/** The demo login as a Secret of type kubernetes.io/basic-auth, for anyone who may read it. */
export const demoLoginSecret = "demo-login";

/** What Next.js sees. Both families of names are there, for next-auth 4 and 5. */
export function webEnvironment(settings: Settings): Environment {
  const { host, origin } = settings.names;
  const { api } = settings.parts;
  const taken: Reserved<"web"> = {
    NODE_ENV: "production",
    // Kubernetes sets HOSTNAME to the pod's name, and the standalone server would listen on that only
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
