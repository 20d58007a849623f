import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../verify/checks";
import { productKeys } from "../verify/product";
import { between } from "./between";

/** docs/verify.md, whose two tables are the code's own lists. `npm run docs` writes it, a unit test compares it. */
export const verifyDocument = join(__dirname, "verify.md");

export function withTables(text: string): string {
  const checkRows = checks.map(({ id, title, setting, why }) => [`\`${id}\``, title, setting, why]);
  const keyRows = productKeys().map(({ key, meaning, default: value }) => [
    `\`${key}\``,
    value === undefined ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``,
    meaning,
  ]);
  const file = "docs/verify.md";
  const checkTable = [["check", "what holds", "setting to change", "otherwise"], ...checkRows];
  const withChecks = between(text, "checks", checkTable, file);
  return between(withChecks, "product", [["key", "default", "meaning"], ...keyRows], file);
}

if (require.main === module) {
  writeFileSync(verifyDocument, withTables(readFileSync(verifyDocument, "utf8")));
}
