import { limits, UserError } from "../../contract";
import type { Identity } from "../inventory/identity";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { findNamespace, refuseForeign } from "../../clients/kubernetes/namespace";
import { pause } from "../../clients/process/pause";

/** Waits for the end of a deletion of the namespace that is under way. */
export async function settledNamespace(
  place: NamespaceRef,
  { names, owner }: Identity,
  report: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const namespace = await findNamespace(place);
    if (namespace !== undefined) {
      refuseForeign(namespace, owner);
    }
    if (namespace?.phase !== "Terminating") {
      return;
    }
    if (tries === 0) {
      report(`namespace ${names.namespace} is still being deleted: waiting until it is gone`);
    }
    if (tries === limits.namespaceGoneTries) {
      throw new UserError(
        `namespace ${names.namespace} is still being deleted: ${namespace.remaining.join("; ")}. ` +
          `preview close ${owner.pullRequest} says what it waits for`,
      );
    }
    await pause(1000, signal);
  }
}
