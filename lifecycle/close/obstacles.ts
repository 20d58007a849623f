import { setTimeout as sleep } from "node:timers/promises";
import { placeOf } from "../inventory/identity";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { findNamespace, finalizerBlocks, type Namespace, removeFinalizers } from "../../clients/kubernetes/namespace";
import type { CloseOptions } from "./options";

/** What a terminating namespace is waiting for, one sentence each. */
export async function obstacles(place: NamespaceRef, namespace: Namespace): Promise<string[]> {
  if (namespace.phase !== "Terminating") {
    return [];
  }
  const blocks = await finalizerBlocks(place, namespace);
  return blocks.length === 0
    ? namespace.remaining.map((message) => `namespace ${place.namespace}: ${message}`)
    : blocks.map(
        ({ object, finalizers, setBy }) =>
          `namespace ${place.namespace} waits for ${object}: its finalizer ${finalizers.join(", ")}, set by ${setBy}, ` +
          "must be removed by that controller; --force-finalizers removes it",
      );
}

/** Deletes a namespace. Meanwhile it reports what the deletion waits for and, with `forceFinalizers`, removes finalizers. */
export async function whileDeleting(options: CloseOptions, action: () => Promise<void>): Promise<void> {
  const watching = new AbortController();
  const watch = watchNamespace(options, watching.signal);
  try {
    await action();
  } finally {
    watching.abort();
    await watch;
  }
}

async function watchNamespace(options: CloseOptions, signal: AbortSignal): Promise<void> {
  const { identity, report, forceFinalizers = false } = options;
  const place = placeOf(identity);
  let reported = "";
  while (!signal.aborted) {
    await sleep(3000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      return;
    }
    const namespace = await findNamespace(place).catch(() => undefined);
    if (namespace?.phase !== "Terminating" || namespace.remaining.length === 0) {
      continue;
    }
    const blocks = await finalizerBlocks(place, namespace);
    const reasons = await obstacles(place, namespace);
    if (reasons.join() !== reported) {
      reported = reasons.join();
      reasons.forEach(report);
    }
    if (forceFinalizers) {
      for (const { object, finalizers } of blocks) {
        report(`removing the finalizers of ${object} (${finalizers.join(", ")}) because of --force-finalizers`);
        await removeFinalizers(place, object).catch((error: unknown) => report((error as Error).message));
      }
    }
  }
}
