import type { CodeHost } from "../clients/code-host";
import { findPreview } from "../lifecycle/inventory/preview";
import { codeHostFor, type Workspace } from "../lifecycle/workspace";
import { withoutBasicAuth } from "./output/without-basic-auth";
import { report } from "./workspace";

/** The code host of the repository in the settings, or else of the one that the workflow runs in. */
export async function codeHostOfPreview(workspace: Workspace, pullRequest: number): Promise<CodeHost | undefined> {
  const known = await findPreview(workspace, pullRequest);
  return codeHostFor(workspace, known?.identity.owner.repository ?? "");
}

/** Comments on the pull request. A failure is reported and fails nothing else: what the comment is about is done. */
export async function postComment(host: CodeHost | undefined, pullRequest: number, text: string): Promise<void> {
  await host
    ?.setComment(pullRequest, withoutBasicAuth(text))
    .catch((error: unknown) => report((error as Error).message));
}
