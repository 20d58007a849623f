import { type DeploymentRecord, type LifecycleRecord, partsIn, runningNames, UserError } from "../contract";
import { type Deployment, deploymentOf } from "../clients/pulumi/deployment";
import type { NamespaceRef } from "../clients/kubernetes/kubectl";
import { findNamespace, annotateIfUnchanged } from "../clients/kubernetes/namespace";
import { policiesIn } from "./inventory/deployed";
import type { PulumiContext } from "../clients/pulumi/pulumi";

export type Recorded = Deployment & { readonly record: DeploymentRecord };

/**
 * Copies the deployment record to the namespace's annotations, from which previews are listed. Concurrent writers end with the
 * newest record.
 *
 * @param more what else to annotate for this deployment; undefined to write nothing
 * @returns the deployment; undefined if nothing was written
 * @throws UserError if there is no namespace
 */
export async function recordDeployment(
  context: PulumiContext,
  stack: string,
  place: NamespaceRef,
  more: (deployment: Recorded) => Partial<LifecycleRecord> | undefined,
): Promise<Recorded | undefined> {
  for (;;) {
    // Read before the deployment, so that what is written is newer than what it replaces.
    const namespace = await findNamespace(place);
    const deployment = await deploymentOf(context, stack);
    const { record } = deployment;
    const own = record && more({ ...deployment, record });
    if (record === undefined || own === undefined) {
      return undefined;
    }
    if (namespace === undefined) {
      throw new UserError(
        `namespace ${place.namespace} has been deleted since the update; the same command recreates it`,
      );
    }
    const { commit: sha, asleep, pair } = record;
    const { images } = deployment.outputs;
    const parts = runningNames(partsIn(deployment.outputs));
    const policies = policiesIn(deployment.state, place.namespace);
    if (await annotateIfUnchanged(place, namespace, { sha, images, pair, parts, policies, asleep, ...own })) {
      return { ...deployment, record };
    }
  }
}
