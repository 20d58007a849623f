import { UserError } from "../../contract";
import { type Identity, placeOf } from "../inventory/identity";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { findNamespace } from "../../clients/kubernetes/namespace";
import { pause } from "../../clients/process/pause";
import { stackName, stackNames } from "../../clients/pulumi/stacks";
import type { UpOptions } from "./options";

/**
 * Whether another run is closing the preview or has closed it. A close that has just begun shows in the state first, and some
 * seconds later in the namespace. If somebody deletes the namespace by hand, the stack stays; a close removes it, too.
 */
export async function isClosed({ context, report, signal }: UpOptions, identity: Identity): Promise<boolean> {
  const stack = stackName(identity.owner.pullRequest);
  signal?.throwIfAborted();
  report(`${stack} doesn't serve: checking whether another run is closing it`);
  for (let tries = 0; tries < 60; tries += 1) {
    const hasNamespace = await isActive(placeOf(identity));
    if (hasNamespace ? tries >= 10 : !(await stackNames(context)).includes(stack)) {
      return !hasNamespace;
    }
    await pause(1000, signal);
  }
  return false;
}

/** @throws UserError if somebody has deleted the namespace */
export async function refuseDeleted(place: NamespaceRef): Promise<void> {
  if (!(await isActive(place))) {
    throw new UserError(
      `namespace ${place.namespace} has been deleted since the update; the same command recreates it`,
    );
  }
}

const isActive = async (place: NamespaceRef): Promise<boolean> => (await findNamespace(place))?.phase === "Active";
