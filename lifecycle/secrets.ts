import { UserError } from "../contract";
import { kubectl, type Place } from "./kubectl";

/** Shorter values are words that a text may have for other reasons. */
const shortest = 8;

/**
 * An error that may have a container's last words in it, without any value of the preview's Secrets. In a workflow, where
 * nobody can say what is secret, only what comes before them is told.
 */
export async function withoutSecrets(place: Place, { message }: UserError, env = process.env): Promise<UserError> {
  try {
    return new UserError(hidden(message, await secretsOf(place)));
  } catch {
    return new UserError(env.CI === "true" ? message.split("\n").slice(0, 3).join("\n") : message);
  }
}

/** All values of the Secrets in a preview's namespace. */
async function secretsOf(place: Place): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(place, ["get", "secrets", "--output=json", "--request-timeout=15s"])) as {
    items: readonly { readonly data?: Readonly<Record<string, string>> }[];
  };
  return items.flatMap(({ data = {} }) => Object.values(data).map((value) => Buffer.from(value, "base64").toString()));
}

/** Values as they are and as they stand in a URL; those of several lines also line by line, since a text may indent them. */
export function hidden(text: string, values: readonly string[]): string {
  return values
    .flatMap((value) => [value.trim(), ...value.split("\n").map((line) => line.trim())])
    .filter((value) => value.length >= shortest)
    .flatMap((value) => [value, encodeURIComponent(value)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, "***"), text);
}
