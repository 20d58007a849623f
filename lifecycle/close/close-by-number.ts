import { type Receipt, UserError } from "../../contract";
import { removeDeadLocks } from "../../clients/pulumi/backend";
import { isRemoved, stackName } from "../../clients/pulumi/stacks";
import type { Identity } from "../inventory/identity";
import { clusterOf, findPreview, refuseOtherCluster, sharedIdentity } from "../inventory/preview";
import { lockOptions } from "../lock-options";
import { noteRun } from "../runs";
import { codeHostFor, type Workspace, zoneOf } from "../workspace";
import { closePreview } from "./close-preview";
import type { CloseOptions } from "./options";

export interface ClosingOptions extends Pick<CloseOptions, "confirm" | "timeoutSeconds"> {
  readonly forceFinalizers?: boolean;
  /** Context of the kubeconfig to look with. @default the stack's own */
  readonly context?: string;
}

/**
 * Closes a pull request's preview, also where there is no stack any more: then the shared configuration says where else
 * something could be left.
 *
 * @throws UserError where nothing says that, or nothing was changed since it isn't this repository's or this cluster's
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
    throw new UserError(`there is neither a stack ${stack} nor a stack preview, so nothing says where it would be`);
  }
  const { identity: known, deployment } = found;
  await refuseOtherRepository(workspace, known);
  const identity = { ...known, kubeContext: kubeContext ?? known.kubeContext };
  await refuseOtherContext(known.kubeContext, identity.kubeContext);
  if (deployment !== undefined) {
    await refuseOtherCluster(known, deployment);
    await noteRun(workspace, stack).catch((error: unknown) => {
      // Another closing at the same time was faster.
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

/** What isn't seen in another cluster would be taken for gone. Clusters are told apart by what no two have in common. */
async function refuseOtherContext(own: string, given: string): Promise<void> {
  if (own === given) {
    return;
  }
  const [ownCluster, givenCluster] = await Promise.all([own, given].map(clusterOf));
  if (ownCluster !== givenCluster) {
    throw new UserError(
      `--context ${given} is of another cluster than the stack's own, ${own}, and nothing was changed`,
    );
  }
}

/** Stacks are named by numbers alone: in a backend that two repositories share, both have a pull request 1. */
async function refuseOtherRepository(workspace: Workspace, { owner }: Identity): Promise<void> {
  if (!workspace.run.repository || owner.repository === "") {
    return;
  }
  const expected = (await sharedIdentity(workspace)).owner.repository;
  if (expected !== owner.repository) {
    throw new UserError(
      `pr-${owner.pullRequest} is the preview of a pull request of ${owner.repository}, not of ${expected}, and nothing was ` +
        "changed: give each repository a backend of its own (PULUMI_BACKEND_URL)",
    );
  }
}
