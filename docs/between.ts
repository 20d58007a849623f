/**
 * A text with a table between two marks, `<!-- checks -->` and `<!-- /checks -->`, in place of what was there.
 *
 * @param rows the table's, its head first
 * @throws Error where the text has no such marks
 */
export function between(text: string, mark: string, rows: readonly (readonly string[])[], file: string): string {
  const place = new RegExp(`(?<=<!-- ${mark} -->\n)[\\s\\S]*(?=<!-- /${mark} -->)`);
  if (!place.test(text)) {
    throw new Error(`${file} has lost its mark ${mark}`);
  }
  const [head = [], ...body] = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const lines = [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |\n`);
  return text.replace(place, () => lines.join(""));
}
