import { fullKey, isEncrypted, type Leaves, UserError, valuesOf } from "../../contract";

/** What one variable of a process holds on Linux, its name among it, in bytes: MAX_ARG_STRLEN of `linux/binfmts.h`. */
const limit = 128 * 1024;

/** What the variable's name takes, and what `Pulumi.yaml` says of settings that have no value. */
const reserved = 1024;

/**
 * Refuses settings that Pulumi couldn't hand over to the program: it puts all of them into one variable. Where they are too
 * large, it only says that a list of arguments is too long.
 *
 * @throws UserError with the settings that take most
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
      `The settings take ${kib(size)} together, and nothing was changed: Pulumi hands all of them to the program in one variable, ` +
        `which holds ${kib(limit)}. The largest are`,
      ...largest.map((one) => `  ${one.setting}: ${kib(one.size)}`),
      ...(largest[0]?.setting === "trustedCa"
        ? ["The public CAs needn't be among trustedCa: trustPublicCas adds them."]
        : []),
    ].join("\n"),
  );
}

const only = (leaves: Leaves, paths: readonly string[]): Leaves =>
  Object.fromEntries(paths.map((path) => [path, leaves[path]]));

/** `api.env` of `api.env.DEBUG`: what the table of settings has a row of. */
const settingOf = (path: string) => /^[^.[]+(?:\.[^.[]+)?/.exec(path)?.[0] ?? path;

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

/** The bytes of settings as Pulumi's language host writes them: JSON of texts, in which a group is JSON once more. */
export function sizeOf(leaves: Leaves, project: string): number {
  const clear = Object.entries(leaves).map(([path, value]) => [path, isEncrypted(value) ? decrypted(value) : value]);
  const texts = Object.entries(valuesOf(Object.fromEntries(clear) as Leaves)).map(([key, value]) => [
    fullKey(key, project),
    typeof value === "string" ? value : json(value),
  ]);
  return Buffer.byteLength(json(Object.fromEntries(texts)));
}

/** As long as what a secret is when it is decrypted: `v1:<nonce>:<base64 of the text and 16 bytes>`. */
const decrypted = ({ secure }: { readonly secure: string }) =>
  "x".repeat(Math.max(0, Buffer.byteLength(secure.split(":").at(-1)!, "base64") - 16));

/** Go's JSON has no HTML in it. */
const json = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
