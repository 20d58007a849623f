import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  fullKey,
  isEncrypted,
  keyOf,
  type Leaves,
  parseStackFile,
  type StackFile,
  stackFileText,
  valuesOf,
} from "../../../contract";
import { secretsProvider } from "../backend";
import { inPrivateFolder } from "../private-folder";
import { projectName } from "../project-name";
import { pulumi, type PulumiContext } from "../pulumi";

/** A preview's configuration, by leaf: its own secrets in plaintext, shared ones encrypted as in `Pulumi.preview.yaml`. */
export interface Composition {
  readonly leaves: Leaves;
  /** The paths of its own secrets. */
  readonly secrets: readonly string[];
}

/**
 * Writes a composition to a stack's configuration file for one update, in a folder that only this user can read, and removes it
 * afterwards. `pulumi` encrypts the secrets with the stack's own key; it gets them by standard input.
 *
 * @param header the file's first keys, which `pulumi` needs to decrypt the stack's secrets @default a new key
 */
export async function withStackFile<Result>(
  context: PulumiContext,
  stack: string,
  composition: Composition,
  header: StackFile["header"] | undefined,
  action: (file: string) => Promise<Result>,
): Promise<Result> {
  const project = projectName(context);
  const { leaves } = composition;
  return inPrivateFolder(context, async (inside) => {
    const file = join(inside.project, `Pulumi.${stack}.yaml`);
    const provider = secretsProvider(context);
    const begin = header ?? (provider === undefined ? {} : { secretsprovider: provider });
    writeFileSync(file, stackFileText(project, { header: begin, settings: {} }), { mode: 0o600 });
    const shared = Object.keys(leaves).filter((path) => isEncrypted(leaves[path]));
    const copied: StackFile =
      shared.length > 0 ? await withSharedSecrets(inside, stack, file) : { header: begin, settings: {} };
    const encrypted = Object.fromEntries(shared.map((path) => [path, copied.settings[path]]));
    const { texts, groups } = toEncrypt(composition);
    const plain = Object.keys(leaves).filter(
      (path) => !shared.includes(path) && !texts.includes(path) && !groups.includes(keyOf(path)),
    );
    const written = { ...encrypted, ...Object.fromEntries(plain.map((path) => [path, leaves[path]])) };
    writeFileSync(file, stackFileText(project, { header: copied.header, settings: written }));
    const values = valuesOf(leaves);
    const pairs = [
      ...texts.map((path) => [["--path", path], String(leaves[path])] as const),
      ...groups.map((key) => [[fullKey(key, project)], JSON.stringify(values[key])] as const),
    ];
    for (const [what, value] of pairs) {
      const args = ["config", "set", "--secret", ...what, "--stack", stack, "--config-file", file];
      // Pulumi strips one newline.
      await pulumi(inside, args, `${value}\n`);
    }
    return action(file);
  });
}

/** Pulumi encrypts only strings: a group with a secret number or list is encrypted as a whole. */
function toEncrypt({ leaves, secrets }: Composition): { texts: string[]; groups: string[] } {
  const groups = [...new Set(secrets.filter((path) => typeof leaves[path] !== "string").map(keyOf))];
  return { texts: secrets.filter((path) => !groups.includes(keyOf(path))), groups };
}

async function withSharedSecrets(context: PulumiContext, stack: string, file: string) {
  await pulumi(context, ["config", "cp", "--stack", "preview", "--dest", stack]).finally(() =>
    forgetSelection(context),
  );
  return parseStackFile(readFileSync(file, "utf8"), projectName(context));
}

/** `config cp` selects the stack that it reads, and Pulumi keeps a file about that for every folder, forever. */
function forgetSelection(context: PulumiContext): void {
  const home = context.env.PULUMI_HOME ?? process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const project = join(realpathSync(context.project), "Pulumi.yaml");
  const name = `${projectName(context)}-${createHash("sha1").update(project).digest("hex")}-workspace.json`;
  rmSync(join(home, "workspaces", name), { force: true });
}
