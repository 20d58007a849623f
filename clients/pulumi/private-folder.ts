import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { PulumiContext } from "./pulumi";
import { inTemporaryFolder } from "../process/temporary-folder";

/**
 * Runs `pulumi` in a temporary folder that only this user can read, with copies of the project file and the shared configuration.
 * The stack files that it writes there don't end up in a checkout.
 */
export async function inPrivateFolder<Result>(
  context: PulumiContext,
  action: (inside: PulumiContext) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder("preview-stack-", async (folder) => {
    for (const name of ["Pulumi.yaml", "Pulumi.preview.yaml"].filter((one) => existsSync(join(context.project, one)))) {
      copyFileSync(join(context.project, name), join(folder, name));
    }
    return action({ ...context, project: folder });
  });
}
