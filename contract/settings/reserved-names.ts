import type { SettingsValues } from "./schema";

/** Names of the variables that the preview itself sets in the containers of each image. */
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

/** Names of the variables with the path of the trusted certificates, as each language expects them. */
export const trustNames = {
  api: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"],
  web: ["NODE_EXTRA_CA_CERTS"],
} as const;

/**
 * Names of the variables that a part of this base gets from the preview. Those of the certificates count whether or not they are
 * set, since one platform has `trustedCa` and another doesn't.
 */
export const presetNames = (base: "api" | "web", { demoLogin }: Pick<SettingsValues, "demoLogin">): string[] => [
  ...(base === "api" && demoLogin ? [demoLogin.passwordVariable] : []),
  ...trustNames[base],
  ...reservedNames[base],
];

/** Whether the settings add trusted certificates to those of the images. */
export const configuresTrust = ({
  trustedCa,
  trustPublicCas,
}: Pick<SettingsValues, "trustedCa" | "trustPublicCas">): boolean => trustedCa !== "" || trustPublicCas;
