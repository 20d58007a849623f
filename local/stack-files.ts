import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import type { SettingsInput } from "../contract";
import { checkout, stateDir } from "./paths";

/**
 * The configuration files of the embedded default's stacks belong to the machine, like its cluster, so that a second
 * clone sees the same previews. Each clone has links to them, because `pulumi` looks for them beside `Pulumi.yaml`.
 */
const folder = join(stateDir, "stacks");
const fileOf = (stack: string) => join(folder, `Pulumi.${stack}.yaml`);
const linkOf = (stack: string) => join(checkout, `Pulumi.${stack}.yaml`);

interface StackFile {
  readonly encryptionsalt?: string;
  readonly config?: Record<string, Record<string, unknown> | undefined>;
}

/** Writes a stack's settings, keeping its salt and the secrets that are encrypted with it. */
export function writeStackFile(project: string, stack: string, settings: SettingsInput): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file: StackFile = existsSync(fileOf(stack)) ? (parse(readFileSync(fileOf(stack), "utf8")) as StackFile) : {};
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const name = `${project}:${key}`;
      const secrets = file.config?.[name]?.secrets;
      return [name, secrets === undefined ? value : { ...(value as object), secrets }];
    }),
  );
  writeFileSync(fileOf(stack), stringify({ ...file, config }), { mode: 0o600 });
}

/** Removes a closed stack's configuration: left behind, it would break the next `stack init` of that name. */
export function removeStackFile(stack: string): void {
  rmSync(fileOf(stack), { force: true });
  refreshLinks();
}

/** Makes this clone's links those of the stacks that there are now. A file of the user's own is left alone. */
export function refreshLinks(): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of readdirSync(checkout).filter((entry) => /^Pulumi\.pr-\d+\.yaml$/.test(entry))) {
    if (isOurLink(join(checkout, name)) && !names.includes(name)) {
      rmSync(join(checkout, name));
    }
  }
  for (const name of names) {
    const link = linkOf(basename(name, ".yaml").slice("Pulumi.".length));
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) {
      symlinkSync(join(folder, name), link);
    }
  }
}

function isOurLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(`${folder}/`);
}
