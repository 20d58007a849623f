import type { SettingsValues } from "./schema";

/** Names of the variables that every container of an image is given. */
export const reservedNames = {
  api: [
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "CORS_ALLOWED_ORIGINS",
    "GIT_SHA",
    "PREVIEW_HOST",
  ],
  web: [
    "NODE_ENV",
    "HOSTNAME",
    "PORT",
    "INTERNAL_API_URL",
    "NEXT_PUBLIC_API_URL",
    "NEXTAUTH_URL",
    "NEXTAUTH_SECRET",
    "AUTH_URL",
    "AUTH_SECRET",
    "AUTH_TRUST_HOST",
    "GIT_SHA",
    "PREVIEW_HOST",
  ],
} as const;

/** Names of those that say where the certificates to trust are, each language's own. */
export const trustNames = {
  api: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"],
  web: ["NODE_EXTRA_CA_CERTS"],
} as const;

/** Whether a preview is told which certificates to trust, beside what its images have. */
export const configuresTrust = ({
  trustedCa,
  trustPublicCas,
}: Pick<SettingsValues, "trustedCa" | "trustPublicCas">): boolean => trustedCa !== "" || trustPublicCas;
