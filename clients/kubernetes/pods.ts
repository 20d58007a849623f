import { frontOf, gateName, nameLabel } from "../../contract";
import type { ContainerStatus, Pod } from "./types";

/** The name of the part that an object belongs to, by its label; empty for one of no part. */
export const partOf = ({ metadata }: Pick<Pod, "metadata">): string => metadata.labels?.[nameLabel] ?? "";

/** Whether it is being deleted. */
export const isStopping = ({ metadata }: Pick<Pod, "metadata">): boolean => metadata.deletionTimestamp !== undefined;

/** Whether its containers have ended for good. */
export const hasEnded = ({ status }: Pick<Pod, "status">): boolean =>
  status.phase === "Succeeded" || status.phase === "Failed";

/** Whether it gets requests: it is ready, by its checks, and isn't being deleted. */
export const serves = (pod: Pick<Pod, "metadata" | "status">): boolean =>
  !isStopping(pod) &&
  (pod.status.conditions ?? []).some(({ type, status: holds }) => type === "Ready" && holds === "True");

/** Whether a pod of the part that the public host's `/` leads to serves. @param parts names of the preview's parts */
export const frontServes = (pods: readonly Pick<Pod, "metadata" | "status">[], parts: readonly string[]): boolean =>
  pods.some((pod) => partOf(pod) === frontOf(parts) && serves(pod));

/** The init container that waits until the network policies are enforced; undefined if the pod has none. */
export const gateOf = ({ status }: Pick<Pod, "status">): ContainerStatus | undefined =>
  status.initContainerStatuses?.find(({ name }) => name === gateName);
