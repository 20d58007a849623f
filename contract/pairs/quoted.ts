/** What could act on a terminal, hide or reorder text, or begin another line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

const longest = 100;

/** A stranger's text for a message: as JSON, at most 100 characters of it. */
export function quoted(text: string): string {
  const start = inOneLine(JSON.stringify(text.slice(0, longest)));
  return text.length <= longest ? start : `${start}… (${text.length} characters)`;
}

/** A text that may contain a stranger's, in one line in which nothing is hidden. */
export const inOneLine = (text: string): string => text.replace(unprintable, escaped);

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** How many problems a message lists: a file can hold thousands. */
const most = 10;

/** One problem a line, those at the same place once. */
export function listed(problems: readonly string[]): string {
  const different = [...new Set(problems)];
  const more = different.length - most;
  return [...different.slice(0, most), ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
