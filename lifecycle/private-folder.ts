import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiContext } from "./pulumi";

/**
 * Does something with `pulumi` in a folder that nobody else reads, with the project's own file and what all previews share.
 * What it writes there about a stack is in no checkout, and goes with the folder.
 */
export async function inPrivateFolder<Result>(
  context: PulumiContext,
  action: (inside: PulumiContext) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-"));
  // A second Ctrl-C ends this process at once.
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    for (const name of ["Pulumi.yaml", "Pulumi.preview.yaml"].filter((one) => existsSync(join(context.project, one)))) {
      copyFileSync(join(context.project, name), join(folder, name));
    }
    return await action({ ...context, project: folder });
  } finally {
    process.off("exit", remove);
    remove();
  }
}
