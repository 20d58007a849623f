/**
 * `::command::` at the beginning of a line, after any white space. The runner compares like .NET, which ignores invisible
 * characters (actions/runner, ActionCommand.cs).
 */
const command =
  /^([\p{Zs}\t\p{Cf}\p{Default_Ignorable_Code_Point}]*:)(?=[\p{Cf}\p{Default_Ignorable_Code_Point}]*:)/gmu;
/** `##[command]` anywhere. */
const oldCommand = /(#[\p{Cf}\p{Default_Ignorable_Code_Point}]*#)(?=[\p{Cf}\p{Default_Ignorable_Code_Point}]*\[)/gu;
/** ECMA-48 sequences: colours, cursor moves, titles, links. util.stripVTControlCharacters takes quadratic time. */
const sequence =
  // eslint-disable-next-line no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;
/** What moves, hides or reorders text on a terminal, and line ends that only some programs recognize. */
const obeyed = /[^\P{Cc}\n\t]+|[\u2028\u2029]|\p{Bidi_Control}/gu;

/**
 * Makes outside text safe to print: removes what a terminal or GitHub's runner would act on. Outside text is anything that a
 * preview, a pull request, the cluster, the code host or another program has contributed to.
 */
export const sanitizeOutput = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replace(sequence, "")
    .replace(obeyed, " ")
    .replace(command, "$1 ")
    .replace(oldCommand, "$1 ");

/** The same in one line: for a table's cell, or where another line could pass for one of ours. */
export const sanitizeLine = (text: string): string => sanitizeOutput(text).replace(/[\n\t]+/g, " ");

/** A value as JSON that is safe to print. Parsing it gives back every string unchanged. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2)
    .replace(/[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu, escaped)
    .replace(oldCommand, (hashes) => `${escaped("#")}${hashes.slice(1)}`);

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The longest line, in characters; a longer one is broken. */
const maxLineLength = 2 ** 16;

/** Sanitizes a program's output line by line, as it is printed. */
export async function* sanitizeLines(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of output) {
    rest += decoder.decode(piece, { stream: true });
    const end = rest.lastIndexOf("\n") + 1;
    if (end > 0) {
      yield sanitizeOutput(rest.slice(0, end));
      rest = rest.slice(end);
    }
    if (rest.length > maxLineLength) {
      yield `${sanitizeOutput(rest)}\n`;
      rest = "";
    }
  }
  yield sanitizeOutput(rest + decoder.decode());
}
