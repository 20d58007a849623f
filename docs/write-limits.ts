import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { limitRows } from "../contract/limits/documentation";
import { between } from "./between";

/** docs/lifecycle.md, one table of which is the code's own limits. `npm run docs` writes it, a unit test compares it. */
export const limitsDocument = join(__dirname, "lifecycle.md");

export const withLimits = (text: string): string => between(text, "limits", limitRows(), "docs/lifecycle.md");

if (require.main === module) {
  writeFileSync(limitsDocument, withLimits(readFileSync(limitsDocument, "utf8")));
}
