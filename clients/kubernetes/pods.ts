import { gateName } from "../../contract";
import type { ContainerStatus, Pod } from "./types";

/** Whether it is being deleted. */
export const isStopping = ({ metadata }: Pick<Pod, "metadata">): boolean => metadata.deletionTimestamp !== undefined;

/** Whether its containers have ended for good. */
export const hasEnded = ({ status }: Pick<Pod, "status">): boolean =>
  status.phase === "Succeeded" || status.phase === "Failed";

/** The init container that waits until the network policies are enforced; undefined if the pod has none. */
export const gateOf = ({ status }: Pick<Pod, "status">): ContainerStatus | undefined =>
  status.initContainerStatuses?.find(({ name }) => name === gateName);
