import { fullKey, isEncrypted, type Leaves, UserError, valuesOf } from "../../contract";

/** The size of one environment variable on Linux, name included, in bytes: MAX_ARG_STRLEN of `linux/binfmts.h`. */
const limit = 128 * 1024;

/** For the variable's name, and for the defaults in `Pulumi.yaml`. */
const reserved = 1024;

/**
 * Refuses settings that are too large for Pulumi, which passes all of them to the program in one environment variable and would
 * only say "argument list too long".
 *
 * @throws UserError that lists the largest settings
 */
export function refuseTooLarge(leaves: Leaves, project: string): void {
  const size = sizeOf(leaves, project);
  if (size <= limit - reserved) {
    return;
  }
  const largest = Object.entries(Object.groupBy(Object.keys(leaves), settingOf))
    .map(([setting, paths = []]) => ({ setting, size: sizeOf(only(leaves, paths), project) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, 3);
  throw new UserError(
    [
      `The settings take ${kib(size)} together, and nothing was changed: Pulumi passes all of them to the program in one ` +
        `environment variable, which holds ${kib(limit)}. Shorten the largest:`,
      ...largest.map((one) => `  ${one.setting}: ${kib(one.size)}`),
      ...(largest[0]?.setting === "trustedCa"
        ? ["Leave the public CAs out of trustedCa: the setting trustPublicCas adds them."]
        : []),
    ].join("\n"),
  );
}

const only = (leaves: Leaves, paths: readonly string[]): Leaves =>
  Object.fromEntries(paths.map((path) => [path, leaves[path]]));

/** `api.env` of `api.env.DEBUG`: a row in the table of settings. */
const settingOf = (path: string) => /^[^.[]+(?:\.[^.[]+)?/.exec(path)?.[0] ?? path;

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

/** The bytes of the settings as Pulumi's language host writes them: a JSON object of strings, a group as JSON in a string. */
export function sizeOf(leaves: Leaves, project: string): number {
  const clear = Object.entries(leaves).map(([path, value]) => [path, isEncrypted(value) ? decrypted(value) : value]);
  const texts = Object.entries(valuesOf(Object.fromEntries(clear) as Leaves)).map(([key, value]) => [
    fullKey(key, project),
    typeof value === "string" ? value : json(value),
  ]);
  return Buffer.byteLength(json(Object.fromEntries(texts)));
}

/** Of the length of a secret's plaintext: `v1:<nonce>:<base64 of the plaintext and 16 bytes>`. */
const decrypted = ({ secure }: { readonly secure: string }) =>
  "x".repeat(Math.max(0, Buffer.byteLength(secure.split(":").at(-1)!, "base64") - 16));

/** Go escapes HTML's special characters in JSON. */
const json = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
