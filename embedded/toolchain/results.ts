import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { cacheDir } from "../paths";
import { buildFlags, goRelease, linkerFlags } from "./go";
import { recipes, type ModuleName } from "./modules";

/** The folder of all results. */
export const resultsFolder = join(cacheDir, "toolchain");

/** A module's own source. */
export const sourceFolder = (name: ModuleName): string => join(__dirname, name);

/** The folder for a module's programs from the current sources, whether or not they are built. */
export function programsOf(name: ModuleName): string {
  return join(resultsFolder, `${name}-${key(name)}`);
}

/** Whether {@link programsOf} exists. A finished build is renamed into place, so it is always complete. */
export function isBuilt(name: ModuleName): boolean {
  return existsSync(programsOf(name));
}

/** Deletes a module's results from other sources or flags. */
export async function removeOthers(name: ModuleName): Promise<void> {
  const current = programsOf(name);
  const result = new RegExp(`^${name}-[0-9a-f]{16}$`);
  for (const entry of await readdir(resultsFolder)) {
    const folder = join(resultsFolder, entry);
    if (result.test(entry) && folder !== current) {
      await rm(folder, { recursive: true });
    }
  }
}

const keys = new Map<ModuleName, string>();

/** A hash of all inputs of the build. */
function key(name: ModuleName): string {
  const known = keys.get(name) ?? computeKey(name);
  keys.set(name, known);
  return known;
}

function computeKey(name: ModuleName): string {
  const { invocations, links } = recipes[name];
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ go: goRelease(), arch: process.arch, buildFlags, linkerFlags, invocations, links }));
  for (const file of sources(sourceFolder(name))) {
    hash.update(`\n${relative(__dirname, file)}\n`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The module's source files, go.mod and go.sum, without tests. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(^go\.(mod|sum)|\.go)$/.test(entry.name) && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
