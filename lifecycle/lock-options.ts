import type { CodeHost } from "../clients/code-host";
import type { LockOptions } from "../clients/pulumi/stack-lock";
import type { ExistingPreview } from "./inventory/preview";
import { endedRun } from "./runs";
import { codeHostFor, type Workspace } from "./workspace";

/** How a verb waits for a stack's lock: until Ctrl-C, or until the run that took it is known to have ended. */
export const lockOptions = (
  workspace: Workspace,
  stack: string,
  codeHost: CodeHost | undefined,
): Pick<LockOptions, "report" | "hasEnded" | "signal"> => ({
  report: workspace.report,
  hasEnded: endedRun(workspace, stack, codeHost),
  signal: workspace.interruption,
});

/** The same for the preview that a verb changes. */
export const lockOptionsOf = ({ context, stack, identity }: ExistingPreview) =>
  lockOptions(context, stack, codeHostIfAny(context, identity.owner.repository));

/** For callers that can do without: also undefined if the configuration is wrong, or if a workflow would require one. */
function codeHostIfAny(workspace: Workspace, repository: string): CodeHost | undefined {
  try {
    return codeHostFor(workspace, repository);
  } catch {
    return undefined;
  }
}
