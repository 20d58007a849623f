import { limits, UserError } from "../../contract";
import type { Identity } from "../inventory/identity";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { findNamespace, refuseForeign } from "../../clients/kubernetes/namespace";
import { pause } from "../../clients/process/pause";

/** Waits until a namespace that is being deleted is gone. */
export async function waitForFormerNamespace(
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
      report(`namespace ${names.namespace} is still being deleted: waiting`);
    }
    if (tries === limits.namespaceGoneTries) {
      throw new UserError(
        `namespace ${names.namespace} is still being deleted: ${namespace.remaining.join("; ")}. ` +
          `preview close ${owner.pullRequest} says what it is waiting for`,
      );
    }
    await pause(1000, signal);
  }
}
