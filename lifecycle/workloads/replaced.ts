import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "../kubectl";
import { isOutdated, look, type Objects, partOf } from "./objects";

/** Pods are given 5 s to end; what takes longer than this holds nobody up. */
const atMost = 30_000;

/**
 * Resolves once nothing of the former revision serves any more: pods that are being stopped still do for a moment, so that
 * no visitor is refused.
 *
 * @throws UserError where the cluster can't be asked
 */
export async function replaced(place: Place): Promise<void> {
  const deadline = performance.now() + atMost;
  while (servesFormer(await look(place)) && performance.now() < deadline) {
    await sleep(250);
  }
}

/** Whether a pod of API or web is there that the newest revision isn't made of. */
export const servesFormer = (objects: Objects): boolean =>
  objects.pods
    .filter((pod) => ["api", "web"].includes(partOf(pod)) && pod.status.phase !== "Failed")
    .some((pod) => pod.metadata.deletionTimestamp !== undefined || isOutdated(pod, objects));
