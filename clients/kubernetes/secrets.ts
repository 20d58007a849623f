import { kubectl, type NamespaceRef } from "./kubectl";

/** Shorter values are words that a text may have for other reasons. */
const shortest = 8;
/** Longer values are files. They count as they are, and line by line. */
const longest = 4096;

/**
 * A text that may have a container's words in it, or the cluster's about a container, without any value of the preview's
 * Secrets.
 *
 * @param isPublic whether others read the text as well: where nobody can say what is secret, only what comes before a
 *   container's last words is told then
 */
export async function withoutSecrets(place: NamespaceRef, text: string, isPublic: boolean): Promise<string> {
  const values = await secretsOf(place).catch(() => undefined);
  if (values !== undefined) {
    return hidden(text, values);
  }
  return isPublic ? text.split("\n").slice(0, 3).join("\n") : text;
}

/** All values of the Secrets in a preview's namespace. */
async function secretsOf(place: NamespaceRef): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(place, ["get", "secrets", "--output=json", "--request-timeout=15s"])) as {
    items: readonly { readonly data?: Readonly<Record<string, string>> }[];
  };
  return items.flatMap(({ data = {} }) => Object.values(data).map((value) => Buffer.from(value, "base64").toString()));
}

/**
 * Values as they are and as a program may write them: quoted for a shell, JSON, Go, Python or HTML, in a URL, in base64. Where
 * one has control characters, such as the ends of its lines, also what is between them: a text may indent, drop or end there.
 */
export function hidden(text: string, values: readonly string[]): string {
  const parts = values.flatMap((value) => [value.trim(), ...value.split(/\p{Cc}+/u).map((part) => part.trim())]);
  return [...new Set(parts)]
    .filter((part) => part.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part.length > longest ? part : formsOf(part), "***"), text);
}

function formsOf(value: string): RegExp {
  const written = value.replace(/(\\+)|(\p{Cc}+)|[^A-Za-z0-9_]/gu, (found, backslashes?: string, controls?: string) => {
    if (backslashes !== undefined) {
      // They are doubled by every program that quotes what another has quoted.
      return `(?:\\\\{${found.length},${8 * found.length}}|(?:%5[Cc]){${found.length}})`;
    }
    // What can't be shown may be left out.
    return controls === undefined
      ? formsOfCharacter(found)
      : `(?:${[...new Set(found)].map(formsOfCharacter).join("|")}){0,${found.length}}`;
  });
  return new RegExp([written, ...base64Of(value)].join("|"), "gu");
}

function formsOfCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  const bytes = [...Buffer.from(character)];
  const units = [...Array(character.length).keys()].map((index) => character.charCodeAt(index));
  const itself = `\\u{${code.toString(16)}}`;
  const letter = letters[character];
  const backslash = String.raw`\\{1,8}`;
  const forms = [
    `(?:${backslash})?${itself}`,
    units.map((unit) => `${backslash}u${hex(unit, 4)}`).join(""),
    `${backslash}U${hex(code, 8)}`,
    bytes.map((byte) => `${backslash}x${hex(byte, 2)}`).join(""),
    bytes.map((byte) => `${backslash}${byte.toString(8).padStart(3, "0")}`).join(""),
    bytes.map((byte) => `%${hex(byte, 2)}`).join(""),
    `&#(?:0*${code}|[xX]0*${hex(code, 1)});`,
    ...(letter === undefined ? [] : [`${backslash}${letter}`]),
    ...(entities[character] ?? []),
  ];
  return `(?:${forms.join("|")})`;
}

/** After a backslash. */
const letters: Readonly<Record<string, string>> = {
  "\0": "0",
  "\u0007": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\u001b": "[eE]",
};

/** What else stands for a character in HTML, in a form's fields, and within a shell's single quotes. */
const entities: Readonly<Record<string, readonly string[]>> = {
  "&": ["&amp;"],
  "<": ["&lt;"],
  ">": ["&gt;"],
  '"': ["&quot;"],
  "'": ["&apos;", String.raw`'\\''`, `'"'"'`],
  " ": [String.raw`\+`],
};

/** A number's digits, of either case. */
const hex = (value: number, digits: number): string =>
  value
    .toString(16)
    .padStart(digits, "0")
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** At each of the three places that it can have among others' bytes, `user:password`, without what is also its neighbours'. */
function base64Of(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const own = bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return own.replaceAll("+", "[-+]").replaceAll("/", "[/_]");
  });
}
