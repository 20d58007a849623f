import type { types } from "@pulumi/kubernetes";

// Kubernetes objects as `kubectl get --output=json` prints them. Types only: nothing of Pulumi is loaded at run time.

/** Makes every field optional, at any depth: the API server omits empty ones. */
type Sparse<Value> = Value extends readonly (infer Item)[]
  ? readonly Sparse<Item>[]
  : Value extends object
    ? string extends keyof Value
      ? Readonly<Value>
      : { readonly [Key in keyof Value]?: Sparse<Value[Key]> }
    : Value;

/** The same, except for the fields in `Always`, which the API server always sends. */
type Sent<Value, Always> = Omit<Sparse<Value>, keyof Always> & Readonly<Always>;

export type OwnerReference = Sent<types.output.meta.v1.OwnerReference, { kind: string; name: string; uid: string }>;

export type Metadata = Sent<
  types.output.meta.v1.ObjectMeta,
  {
    name: string;
    uid: string;
    /** Changes with every change of the object. */
    resourceVersion: string;
    /** ISO 8601 */
    creationTimestamp: string;
    ownerReferences?: readonly OwnerReference[];
  }
>;

export type NamespacedMetadata = Metadata & { readonly namespace: string };

/** Any object. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export type Condition = Sent<types.output.core.v1.PodCondition, { type: string; status: string }>;

/** How a container ended. */
export type Terminated = Sent<types.output.core.v1.ContainerStateTerminated, { exitCode: number }>;

type ContainerState = Sent<types.output.core.v1.ContainerState, { terminated?: Terminated }>;

export type ContainerStatus = Sent<
  types.output.core.v1.ContainerStatus,
  {
    name: string;
    image: string;
    /** Empty until the image has been pulled. */
    imageID: string;
    ready: boolean;
    restartCount: number;
    state: ContainerState;
    lastState?: ContainerState;
  }
>;

export type Probe = Sparse<types.output.core.v1.Probe>;

export type Container = Sent<
  types.output.core.v1.Container,
  { name: string; image: string; env?: readonly Sent<types.output.core.v1.EnvVar, { name: string }>[] }
>;

export type PodSpec = Sent<
  types.output.core.v1.PodSpec,
  { containers: readonly Container[]; initContainers?: readonly Container[] }
>;

export type PodStatus = Sent<
  types.output.core.v1.PodStatus,
  {
    conditions?: readonly Condition[];
    initContainerStatuses?: readonly ContainerStatus[];
    containerStatuses?: readonly ContainerStatus[];
  }
>;

export type Pod = Sent<
  types.output.core.v1.Pod,
  { kind: "Pod"; metadata: NamespacedMetadata; spec: PodSpec; status: PodStatus }
>;

/** The template of a workload's pods. */
type PodTemplate = Sent<types.output.core.v1.PodTemplateSpec, { spec: PodSpec }>;

export type Deployment = Sent<
  types.output.apps.v1.Deployment,
  {
    kind: "Deployment";
    metadata: NamespacedMetadata;
    spec: Sent<types.output.apps.v1.DeploymentSpec, { replicas: number; template: PodTemplate }>;
  }
>;

export type ReplicaSet = Sent<
  types.output.apps.v1.ReplicaSet,
  {
    kind: "ReplicaSet";
    metadata: NamespacedMetadata;
    status: Sent<types.output.apps.v1.ReplicaSetStatus, { replicas: number; conditions?: readonly Condition[] }>;
  }
>;

export type StatefulSet = Sent<
  types.output.apps.v1.StatefulSet,
  {
    kind: "StatefulSet";
    metadata: NamespacedMetadata;
    spec: Sent<types.output.apps.v1.StatefulSetSpec, { replicas: number; template: PodTemplate }>;
    status: Sent<types.output.apps.v1.StatefulSetStatus, { replicas: number; conditions?: readonly Condition[] }>;
  }
>;

export type Job = Sent<
  types.output.batch.v1.Job,
  {
    kind: "Job";
    metadata: NamespacedMetadata;
    status: Sent<types.output.batch.v1.JobStatus, { conditions?: readonly Condition[] }>;
  }
>;

export type Event = Sent<
  types.output.core.v1.Event,
  {
    kind: "Event";
    metadata: NamespacedMetadata;
    involvedObject: Sparse<types.output.core.v1.ObjectReference>;
    reason: string;
    message: string;
    /** ISO 8601; null of one that is part of a series. */
    lastTimestamp?: string | null;
  }
>;

export type Namespace = Sent<
  types.output.core.v1.Namespace,
  {
    kind: "Namespace";
    metadata: Metadata;
    status: Sent<
      types.output.core.v1.NamespaceStatus,
      { phase: "Active" | "Terminating"; conditions?: readonly (Condition & { readonly message: string })[] }
    >;
  }
>;

/** An item in a list from the API server, where only the list has a kind. */
export type Listed<Item> = Omit<Item, "kind" | "apiVersion">;
