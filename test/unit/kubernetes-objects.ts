import type { ContainerStatus, NamespacedMetadata } from "../../clients/kubernetes/types";

/** An object's metadata as the API server sends it; a test gives only the fields that matter. */
export const metadata = (own: Partial<NamespacedMetadata> & { name: string }): NamespacedMetadata => ({
  uid: own.name,
  namespace: "pr-1",
  resourceVersion: "1",
  creationTimestamp: "2026-11-24T12:00:00Z",
  ...own,
});

/** A container's status, likewise; by default the container is waiting to be created. */
export const containerStatus = (own: Partial<ContainerStatus> & { name: string }): ContainerStatus => ({
  image: "reg.io/api:1",
  imageID: "",
  ready: false,
  restartCount: 0,
  state: {},
  ...own,
});
