import { kubectl, type NamespaceRef } from "./kubectl";

/** Shorter values may occur in a text by chance. */
const minLength = 8;
/** Longer values are files: only they and their lines are searched for, not their encoded forms. */
const maxEncodedLength = 4096;

/**
 * Redacts the values of the preview's Secrets in a text that may quote a container's output or the cluster's messages.
 *
 * @param isPublic whether others can read the text: if the Secrets can't be read, only the lines before a container's output are
 *   kept then
 */
export async function withoutSecrets(place: NamespaceRef, text: string, isPublic: boolean): Promise<string> {
  const values = await secretsOf(place).catch(() => undefined);
  if (values !== undefined) {
    return redact(text, values);
  }
  return isPublic ? text.split("\n").slice(0, 3).join("\n") : text;
}

/** The same for a container's log: empty if others read it and the Secrets can't be read. */
export async function logWithoutSecrets(place: NamespaceRef, log: string, isPublic: boolean): Promise<string> {
  const values = await secretsOf(place).catch(() => undefined);
  return values === undefined ? (isPublic ? "" : log) : redact(log, values);
}

/** All values in the namespace's Secrets. */
async function secretsOf(place: NamespaceRef): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(place, ["get", "secrets", "--output=json", "--request-timeout=15s"])) as {
    items: readonly { readonly data?: Readonly<Record<string, string>> }[];
  };
  return items.flatMap(({ data = {} }) => Object.values(data).map((value) => Buffer.from(value, "base64").toString()));
}

/**
 * Replaces values as they are and as a program may print them: quoted for a shell, JSON, Go, Python or HTML, in a URL, in base64.
 * A value with control characters, such as line breaks, is also matched piece by piece: a text may indent, drop or end lines.
 */
export function redact(text: string, values: readonly string[]): string {
  const parts = values.flatMap((value) => [value.trim(), ...value.split(/\p{Cc}+/u).map((part) => part.trim())]);
  return [...new Set(parts)]
    .filter((part) => part.length >= minLength)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part.length > maxEncodedLength ? part : formsOf(part), "***"), text);
}

function formsOf(value: string): RegExp {
  const written = value.replace(/(\\+)|(\p{Cc}+)|[^A-Za-z0-9_]/gu, (found, backslashes?: string, controls?: string) => {
    if (backslashes !== undefined) {
      // Every level of quoting doubles them.
      return `(?:\\\\{${found.length},${8 * found.length}}|(?:%5[Cc]){${found.length}})`;
    }
    // Control characters may be dropped.
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

/** Escapes after a backslash. */
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

/** Other forms of a character: in HTML, in form fields, within a shell's single quotes. */
const entities: Readonly<Record<string, readonly string[]>> = {
  "&": ["&amp;"],
  "<": ["&lt;"],
  ">": ["&gt;"],
  '"': ["&quot;"],
  "'": ["&apos;", String.raw`'\\''`, `'"'"'`],
  " ": [String.raw`\+`],
};

/** A number's hexadecimal digits, in either case. */
const hex = (value: number, digits: number): string =>
  value
    .toString(16)
    .padStart(digits, "0")
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** In each of the three alignments that it can have in a longer text, `user:password`, without digits shared with neighbours. */
function base64Of(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const own = bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return own.replaceAll("+", "[-+]").replaceAll("/", "[/_]");
  });
}
