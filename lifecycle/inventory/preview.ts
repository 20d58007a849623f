import { type Leaves, wrongCluster, recordFrom, UserError } from "../../contract";
import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { knownSettings } from "../desired";
import { noPreview } from "./no-preview";
import { type Identity, identityFrom, placeOf, type SharedIdentity } from "./identity";
import { kubectl } from "../../clients/kubernetes/kubectl";
import { findNamespace, refuseForeign } from "../../clients/kubernetes/namespace";
import { projectName } from "../../clients/pulumi/project-name";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { isRemoved, stackName, stackNames } from "../../clients/pulumi/stacks";
import type { Workspace } from "../workspace";

/** What is known of a pull request's preview, whether or not it has a stack. */
export interface KnownPreview {
  readonly context: Workspace;
  readonly pullRequest: number;
  readonly stack: string;
  /** Whose it is and where, by the last deployment. */
  readonly identity: Identity;
  /** Undefined if the backend has no such stack. */
  readonly deployment?: Deployment;
  /** Whether the backend has the stack `preview`, with what all previews share. */
  readonly hasShared: boolean;
}

/** @returns undefined if there is neither its stack nor the stack `preview` */
export async function findPreview(context: Workspace, pullRequest: number): Promise<KnownPreview | undefined> {
  const stack = stackName(pullRequest);
  const names = await stackNames(context);
  const hasShared = names.includes("preview");
  const deployment = names.includes(stack) ? await deploymentUnlessRemoved(context, stack) : undefined;
  const settings = await knownSettings(context, stack, deployment, hasShared);
  if (settings === undefined) {
    return undefined;
  }
  // The first update is under way or was killed: as `up` says, it belongs to the repository that the workflow runs in.
  const fallback = deployment?.record === undefined ? { repository: context.run.repository } : {};
  const identity = identityFrom(projectName(context), pullRequest, settings, fallback);
  return { context, pullRequest, stack, identity, deployment, hasShared };
}

/** Another run may have removed the stack since it was listed. */
async function deploymentUnlessRemoved(context: PulumiContext, stack: string): Promise<Deployment | undefined> {
  return deploymentOf(context, stack).catch((error: unknown) => {
    if (!isRemoved(error, stack)) {
      throw error;
    }
    return undefined;
  });
}

/** A preview whose namespace exists. */
export interface ExistingPreview extends KnownPreview {
  readonly deployment: Deployment;
  readonly asleep: boolean;
}

/** @throws UserError if the preview or its namespace doesn't exist, the cluster is another one, or it can't be asked */
export async function existingPreview(context: Workspace, pullRequest: number): Promise<ExistingPreview> {
  const known = await findPreview(context, pullRequest);
  if (known?.deployment === undefined) {
    throw noPreview(pullRequest, known?.hasShared === true ? ["preview"] : []);
  }
  const { identity, deployment } = known;
  await refuseOtherCluster(identity, deployment);
  const namespace = await findNamespace(placeOf(identity));
  if (namespace === undefined) {
    throw new UserError(
      `namespace ${identity.names.namespace} doesn't exist in the cluster of context ${identity.kubeContext}; preview up ${pullRequest} recreates it`,
    );
  }
  refuseForeign(namespace, identity.owner);
  const { asleep } = deployment.record ?? recordFrom(namespace.annotations);
  return { ...known, deployment, asleep };
}

/**
 * In another cluster, everything would seem to be gone.
 *
 * @throws UserError if the context leads to another cluster than the preview's, or the cluster can't be asked
 */
export async function refuseOtherCluster(
  { kubeContext, owner }: Pick<Identity, "kubeContext" | "owner">,
  { cluster }: Pick<Deployment, "cluster">,
): Promise<void> {
  if (cluster === undefined) {
    return;
  }
  const found = await clusterOf(kubeContext);
  if (found !== cluster) {
    throw new UserError(
      `nothing was changed: ${wrongCluster({ kubeContext, pullRequest: owner.pullRequest }, found, cluster)}`,
    );
  }
}

/** A cluster's identity: the uid of its namespace kube-system. */
export const clusterOf = (kubeContext: string): Promise<string> =>
  kubectl({ kubeContext, namespace: "kube-system" }, [
    "get",
    "namespace",
    "kube-system",
    "--output=jsonpath={.metadata.uid}",
    "--request-timeout=15s",
  ]);

/** @throws UserError if no stack says it */
export async function sharedIdentity(context: Workspace): Promise<SharedIdentity> {
  const settings = await anySettings(context);
  if (settings === undefined) {
    throw new UserError(
      "this backend has no stack, so it isn't known which cluster to look in: create the stack preview (README.md)",
    );
  }
  return identityFrom(projectName(context), 1, settings, { repository: context.run.repository });
}

/** The settings of the stack `preview`, or else of any preview. */
async function anySettings(context: PulumiContext): Promise<Leaves | undefined> {
  const names = await stackNames(context);
  const hasShared = names.includes("preview");
  if (hasShared) {
    return knownSettings(context, "preview", undefined, hasShared);
  }
  for (const stack of names.filter((name) => /^pr-\d+$/.test(name))) {
    const deployment = await deploymentUnlessRemoved(context, stack);
    const settings = deployment && (await knownSettings(context, stack, deployment, hasShared));
    if (settings?.kubeContext !== undefined) {
      return settings;
    }
  }
  return undefined;
}
