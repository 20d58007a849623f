import { type DeploymentRecord, type LifecycleRecord, UserError } from "../contract";
import { type Deployment, deploymentOf } from "../clients/pulumi/deployment";
import type { NamespaceRef } from "../clients/kubernetes/kubectl";
import { findNamespace, noteIfUnchanged } from "../clients/kubernetes/namespace";
import type { PulumiContext } from "../clients/pulumi/pulumi";

export type Recorded = Deployment & { readonly record: DeploymentRecord };

/**
 * Records on the namespace what the record says, where all previews are listed by it. The last writer records the newest.
 *
 * @param more what else is to be noted of this deployment; undefined where nothing is to be
 * @returns what is deployed; undefined where nothing was to be noted
 * @throws UserError where there is no namespace
 */
export async function noteDeployed(
  context: PulumiContext,
  stack: string,
  place: NamespaceRef,
  more: (deployment: Recorded) => Partial<LifecycleRecord> | undefined,
): Promise<Recorded | undefined> {
  for (;;) {
    // First, so that what is noted is newer than what it replaces.
    const namespace = await findNamespace(place);
    const deployment = await deploymentOf(context, stack);
    const { record } = deployment;
    const own = record && more({ ...deployment, record });
    if (record === undefined || own === undefined) {
      return undefined;
    }
    if (namespace === undefined) {
      throw new UserError(
        `namespace ${place.namespace} has been deleted since it was updated; the same command recreates it`,
      );
    }
    const { commit: sha, asleep } = record;
    if (await noteIfUnchanged(place, namespace, { sha, ...deployment.outputs.images, asleep, ...own })) {
      return { ...deployment, record };
    }
  }
}
