import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackFileText } from "../../contract";
import { deploymentIn } from "./deployment";
import { inPrivateFolder } from "./private-folder";
import { projectName } from "./project-name";
import { pulumi, type PulumiContext, silent } from "./pulumi";
import type { State } from "./state";

/**
 * Throws if another run holds the stack's lock. It tries a refresh of nothing, since that works with every backend.
 *
 * @param state the stack's state, for its encryption key
 * @throws PulumiError that names the lock's holder
 */
export async function refuseLocked(context: PulumiContext, stack: string, state: State): Promise<void> {
  const nothing = `urn:pulumi:${stack}::none::pulumi:providers:none::none`;
  // In a private folder, since Pulumi writes a new key into a checkout's file that has none.
  await inPrivateFolder(context, async (inside) => {
    const { header = {} } = deploymentIn(state);
    const file = stackFileText(projectName(context), { header, settings: {} });
    writeFileSync(join(inside.project, `Pulumi.${stack}.yaml`), file, { mode: 0o600 });
    try {
      await pulumi(silent(inside), ["refresh", "--stack", stack, "--yes", "--skip-preview", "--target", nothing]);
    } catch (error) {
      if (!(error as Error).message.includes(`no resource named '${nothing}' found`)) {
        throw error;
      }
    }
  });
}
