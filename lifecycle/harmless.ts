/**
 * A text that a preview or a pull request may have had a word in, as it may be printed: without what a terminal obeys, and
 * without what GitHub's runner obeys, `::command::` at the beginning of a line and `##[command]` anywhere.
 */
export const harmless = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]+/gu, " ")
    .replace(/^(\s*):(?=:)/gm, "$1: ")
    .replaceAll("##[", "## [");
