import { type CodeHost, codeHost } from "../clients/code-host";
import { findPreview } from "../lifecycle/inventory/preview";
import { report } from "./project";
import type { PulumiContext } from "../clients/pulumi/pulumi";

export const noCodeHost =
  "pull request not checked: there is no code host to ask (setting repository, variable GITHUB_TOKEN)";

/** Whom to ask about the pull request: the settings say it, or a workflow is in the repository. */
export async function codeHostOf(context: PulumiContext, pullRequest: number): Promise<CodeHost | undefined> {
  const known = await findPreview(context, pullRequest);
  return codeHostFor(known?.identity.owner.repository ?? "");
}

/** The settings' repository, or else the one that a workflow runs in. */
export const codeHostFor = (repository: string): CodeHost | undefined =>
  codeHost(repository || (process.env.GITHUB_REPOSITORY ?? ""));

/** For what goes on without: undefined also where a workflow would require one, or where its configuration is wrong. */
export function codeHostIfAny(repository: string): CodeHost | undefined {
  try {
    return codeHostFor(repository);
  } catch {
    return undefined;
  }
}

/** Comments, which is news of what has happened and no part of it: where that fails it is said, and nothing else fails. */
export async function tell(host: CodeHost | undefined, pullRequest: number, text: string): Promise<void> {
  await host?.setComment(pullRequest, text).catch((error: unknown) => report((error as Error).message));
}
