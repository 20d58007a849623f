import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { checkout } from "../../embedded";
import type { TestProject } from "./preview";

/** What the program consists of. */
export const program = ["index.ts", "components", "contract", "tsconfig.json", "tsconfig.program.json"];

/** A folder for a program with other sources, inside the checkout so that it finds the packages. The caller removes it. */
export function otherSources(name: string): TestProject {
  const results = join(checkout, "test-results");
  mkdirSync(results, { recursive: true });
  const folder = mkdtempSync(join(results, "sources-"));
  const options = { tsconfig: join(folder, "tsconfig.program.json") };
  const project = { name, main: "index.ts", runtime: { name: "nodejs", options } };
  writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
  return { folder, name };
}
