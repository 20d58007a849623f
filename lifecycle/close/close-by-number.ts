import { type Receipt, UserError } from "../../contract";
import { removeDeadLocks } from "../../clients/pulumi/backend";
import { isRemoved, stackName } from "../../clients/pulumi/stacks";
import type { Identity } from "../inventory/identity";
import { clusterOf, findPreview, refuseOtherCluster, sharedIdentity } from "../inventory/preview";
import { lockOptions } from "../lock-options";
import { recordRun } from "../runs";
import { codeHostFor, type Workspace, zoneOf } from "../workspace";
import { closePreview } from "./close-preview";
import type { CloseOptions } from "./options";

export interface ClosingOptions extends Pick<CloseOptions, "confirm" | "timeoutSeconds"> {
  readonly forceFinalizers?: boolean;
  /** Kubeconfig context to check with. @default the stack's own */
  readonly context?: string;
}

/**
 * Closes a pull request's preview, even if its stack is gone: the shared configuration then says where to look for remains.
 *
 * @throws UserError if there is no such configuration, or the preview belongs to another repository or cluster
 */
export async function closeByNumber(
  workspace: Workspace,
  pullRequest: number,
  { forceFinalizers, context: kubeContext, ...more }: ClosingOptions,
): Promise<Receipt> {
  const stack = stackName(pullRequest);
  const found = await findPreview(workspace, pullRequest);
  if (found === undefined) {
    await removeDeadLocks(workspace, stack);
    throw new UserError(
      `there is neither a stack ${stack} nor a stack preview, so it isn't known where the preview would be: check that ` +
        "PULUMI_BACKEND_URL points to the right backend",
    );
  }
  const { identity: known, deployment } = found;
  await refuseOtherRepository(workspace, known);
  const identity = { ...known, kubeContext: kubeContext ?? known.kubeContext };
  await refuseOtherContext(known.kubeContext, identity.kubeContext);
  if (deployment !== undefined) {
    await refuseOtherCluster(known, deployment);
    await recordRun(workspace, stack).catch((error: unknown) => {
      // A concurrent close was faster.
      if (!isRemoved(error, stack)) {
        throw error;
      }
    });
  }
  return closePreview({
    context: workspace,
    identity,
    dns: zoneOf(workspace, identity),
    forceFinalizers,
    ...lockOptions(workspace, stack, codeHostFor(workspace, identity.owner.repository)),
    ...more,
  });
}

/** In another cluster, everything would seem to be gone. */
async function refuseOtherContext(own: string, given: string): Promise<void> {
  if (own === given) {
    return;
  }
  const [ownCluster, givenCluster] = await Promise.all([own, given].map(clusterOf));
  if (ownCluster !== givenCluster) {
    throw new UserError(
      `nothing was changed: --context ${given} leads to another cluster than the stack's own context, ${own}`,
    );
  }
}

/** A stack's name has only the number: two repositories that share a backend would both have a pr-1. */
async function refuseOtherRepository(workspace: Workspace, { owner }: Identity): Promise<void> {
  if (!workspace.run.repository || owner.repository === "") {
    return;
  }
  const expected = (await sharedIdentity(workspace)).owner.repository;
  if (expected !== owner.repository) {
    throw new UserError(
      `nothing was changed: pr-${owner.pullRequest} is a preview of ${owner.repository}, not of ${expected}; ` +
        "give each repository a backend of its own (PULUMI_BACKEND_URL)",
    );
  }
}
