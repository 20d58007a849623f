import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../verify/checks";
import { productKeys } from "../verify/product";

/** docs/verify.md, whose two tables are the code's own lists. `npm run docs` writes it, a unit test compares it. */
export const verifyDocument = join(__dirname, "verify.md");

export function withTables(text: string): string {
  const checkRows = checks.map(({ id, title, setting, why }) => [`\`${id}\``, title, setting, why]);
  const keyRows = productKeys().map(({ key, meaning, default: value }) => [
    `\`${key}\``,
    value === undefined ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``,
    meaning,
  ]);
  const withChecks = between(text, "checks", [["check", "what holds", "setting to change", "otherwise"], ...checkRows]);
  return between(withChecks, "product", [["key", "default", "meaning"], ...keyRows]);
}

function between(text: string, mark: string, rows: readonly (readonly string[])[]): string {
  const place = new RegExp(`(?<=<!-- ${mark} -->\n)[\\s\\S]*(?=<!-- /${mark} -->)`);
  if (!place.test(text)) {
    throw new Error(`docs/verify.md has lost its mark ${mark}`);
  }
  const [head = [], ...body] = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const lines = [head, head.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |\n`);
  return text.replace(place, () => lines.join(""));
}

if (require.main === module) {
  writeFileSync(verifyDocument, withTables(readFileSync(verifyDocument, "utf8")));
}
