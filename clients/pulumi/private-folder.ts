import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { PulumiContext } from "./pulumi";
import { inTemporaryFolder } from "../process/temporary-folder";

/**
 * Does something with `pulumi` in a folder that nobody else reads, with the project's own file and what all previews share.
 * What it writes there about a stack is in no checkout, and goes with the folder.
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
