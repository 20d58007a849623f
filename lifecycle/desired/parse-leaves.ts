import { isEncrypted, keyOf, type Leaves, parseSettings, type Settings, valuesOf } from "../../contract";

/** Stands for a value that only the program can decrypt. */
const encrypted = "encrypted";

/**
 * Parses the leaves of a composition as the program will, but for encrypted values, for which any text stands.
 *
 * @throws SettingsError
 */
export function parseLeaves(stack: string, project: string, leaves: Leaves): Settings {
  // Those of others, such as `cloudflare:apiBaseUrl`, are no settings.
  const own = Object.entries(leaves).filter(([path]) => !keyOf(path).includes(":"));
  const readable = own.map(([path, value]) => [path, isEncrypted(value) ? encrypted : value]);
  return parseSettings(stack, project, valuesOf(Object.fromEntries(readable) as Leaves));
}

/** Where any text is valid. */
const takesAnyText = /^(?:(?:api|web|services\.[\w-]+)\.)?secrets[.[]|^registry\.password$/;

/**
 * Refuses what the program would refuse, before the cluster is asked. Left to the program where a value is encrypted that a rule looks
 * at, or a whole group.
 *
 * @throws SettingsError
 */
export function refuseInvalid(stack: string, project: string, leaves: Leaves): void {
  if (Object.entries(leaves).every(([path, value]) => !isEncrypted(value) || takesAnyText.test(path))) {
    parseLeaves(stack, project, leaves);
  }
}
