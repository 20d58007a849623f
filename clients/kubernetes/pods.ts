import { gateName } from "../../contract";
import type { ContainerStatus, Pod } from "./types";

/** Whether it is being deleted. */
export const isStopping = ({ metadata }: Pick<Pod, "metadata">): boolean => metadata.deletionTimestamp !== undefined;

/** Whether its containers have ended for good. */
export const hasEnded = ({ status }: Pick<Pod, "status">): boolean =>
  status.phase === "Succeeded" || status.phase === "Failed";

/** The container that holds a pod's own ones until policies are enforced; undefined where it has none. */
export const gateOf = ({ status }: Pick<Pod, "status">): ContainerStatus | undefined =>
  status.initContainerStatuses?.find(({ name }) => name === gateName);
