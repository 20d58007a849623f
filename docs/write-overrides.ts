import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestJsonSchema } from "../contract/pairs/manifest-schema";

/** The JSON Schema of `preview-overrides.yaml`, for editors. `npm run docs` writes it, a unit test compares it. */
export const overridesSchemaFile = join(__dirname, "preview-overrides.schema.json");

export const overridesSchemaText = (): string => `${JSON.stringify(manifestJsonSchema(), undefined, 2)}\n`;

if (require.main === module) {
  writeFileSync(overridesSchemaFile, overridesSchemaText());
}
