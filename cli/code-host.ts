import type { CodeHost } from "../clients/code-host";
import { findPreview } from "../lifecycle/inventory/preview";
import { codeHostFor, type Workspace } from "../lifecycle/workspace";
import { report } from "./workspace";

/** Whom to ask about the pull request: the settings say it, or a workflow is in the repository. */
export async function codeHostOfPreview(workspace: Workspace, pullRequest: number): Promise<CodeHost | undefined> {
  const known = await findPreview(workspace, pullRequest);
  return codeHostFor(workspace, known?.identity.owner.repository ?? "");
}

/** Comments, which is news of what has happened and no part of it: where that fails it is said, and nothing else fails. */
export async function tell(host: CodeHost | undefined, pullRequest: number, text: string): Promise<void> {
  await host?.setComment(pullRequest, text).catch((error: unknown) => report((error as Error).message));
}
