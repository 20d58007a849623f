import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isEncrypted, parseStackFile, type StackFile, UserError, withoutPaths } from "../../contract";
import { secretsProvider } from "../backend";
import { inPrivateFolder } from "../private-folder";
import { projectName } from "../project";
import { pulumi, type PulumiContext } from "../pulumi";
import type { Composition } from "./compose";
import { stackFileText } from "./stack-file";

/**
 * Writes a composition as a stack's file for one update, in a folder that nobody else reads, and removes it afterwards.
 * Secrets are encrypted by `pulumi` with the stack's own key, and reach it by standard input.
 *
 * @param header what the stack's encrypted values are read with @default a new key
 */
export async function withStackFile<Result>(
  context: PulumiContext,
  stack: string,
  { leaves, secrets }: Composition,
  header: StackFile["header"] | undefined,
  action: (file: string) => Promise<Result>,
): Promise<Result> {
  const project = projectName(context);
  return inPrivateFolder(context, async (inside) => {
    const file = join(inside.project, `Pulumi.${stack}.yaml`);
    const provider = secretsProvider(context);
    const begin = header ?? (provider === undefined ? {} : { secretsprovider: provider });
    writeFileSync(file, stackFileText(project, begin, {}), { mode: 0o600 });
    const shared = Object.keys(leaves).filter((path) => isEncrypted(leaves[path]));
    const copied: StackFile =
      shared.length > 0 ? await withSharedSecrets(inside, stack, file) : { header: begin, settings: {} };
    const encrypted = Object.fromEntries(shared.map((path) => [path, copied.settings[path]]));
    const plain = withoutPaths(leaves, [...shared, ...secrets]);
    writeFileSync(file, stackFileText(project, copied.header, { ...plain, ...encrypted }));
    for (const path of secrets) {
      const value = leaves[path];
      if (typeof value !== "string") {
        throw new UserError(
          `${path}: only a text can be a secret, and nothing was changed: set it without --secret, and those of its parts that are secret each with it`,
        );
      }
      const args = ["config", "set", "--secret", "--path", path, "--stack", stack, "--config-file", file];
      // Pulumi takes a line's end off.
      await pulumi(inside, args, `${value}\n`);
    }
    return action(file);
  });
}

async function withSharedSecrets(context: PulumiContext, stack: string, file: string) {
  await pulumi(context, ["config", "cp", "--stack", "preview", "--dest", stack]);
  forgetSelection(context);
  return parseStackFile(readFileSync(file, "utf8"), projectName(context));
}

/** `config cp` selects the stack that it reads, and notes that down for each folder, for ever. */
function forgetSelection(context: PulumiContext): void {
  const home = context.env.PULUMI_HOME ?? process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const project = join(realpathSync(context.project), "Pulumi.yaml");
  const name = `${projectName(context)}-${createHash("sha1").update(project).digest("hex")}-workspace.json`;
  rmSync(join(home, "workspaces", name), { force: true });
}
