import type { ContainerStatus, NamespacedMetadata } from "../../clients/kubernetes/types";

/** Metadata as the API server sends it, of an object of which only some of it matters. */
export const metadata = (own: Partial<NamespacedMetadata> & { name: string }): NamespacedMetadata => ({
  uid: own.name,
  namespace: "pr-1",
  resourceVersion: "1",
  creationTimestamp: "2026-11-24T12:00:00Z",
  ...own,
});

/** Likewise a container's status; by default it waits to be made. */
export const containerStatus = (own: Partial<ContainerStatus> & { name: string }): ContainerStatus => ({
  image: "reg.io/api:1",
  imageID: "",
  ready: false,
  restartCount: 0,
  state: {},
  ...own,
});
