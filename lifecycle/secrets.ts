import { kubectl, type Place } from "./kubectl";

/** Shorter values are words that a text may have for other reasons. */
const shortest = 8;

/**
 * A text in which a preview's product may have had a word, without any value of the preview's Secrets.
 *
 * @throws UserError where the Secrets can't be asked for
 */
export async function withoutSecrets(place: Place, text: string): Promise<string> {
  const { items } = JSON.parse(await kubectl(place, ["get", "secrets", "--output=json", "--request-timeout=15s"])) as {
    items: readonly { readonly data?: Readonly<Record<string, string>> }[];
  };
  const values = items.flatMap(({ data = {} }) =>
    Object.values(data).map((value) => Buffer.from(value, "base64").toString()),
  );
  return hidden(text, values);
}

/** Values as they are and as they stand in a URL. */
export function hidden(text: string, values: readonly string[]): string {
  return values
    .filter((value) => value.length >= shortest)
    .flatMap((value) => [value, encodeURIComponent(value)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, "***"), text);
}
