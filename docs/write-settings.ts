import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { configDeclarations, setOtherwiseTable, settingsTable } from "../contract/settings/documentation";
import { between } from "./between";

/** Where the settings are documented, and what must stand there. `npm run docs` writes it, a unit test compares it. */
const root = join(__dirname, "..");

export const documents: Record<string, (text: string) => string> = {
  "Pulumi.yaml": (text) => {
    const document = parseDocument(text);
    document.set("config", document.createNode(configDeclarations()));
    return document.toString({ lineWidth: 120 });
  },
  "docs/settings.md": (text) => {
    const withSettings = between(text, "settings", settingsTable(), "docs/settings.md");
    return between(withSettings, "set-otherwise", setOtherwiseTable(), "docs/settings.md");
  },
};

if (require.main === module) {
  for (const [file, write] of Object.entries(documents)) {
    const path = join(root, file);
    writeFileSync(path, write(readFileSync(path, "utf8")));
  }
}
