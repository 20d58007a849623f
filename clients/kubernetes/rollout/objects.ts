import { kubectl, type NamespaceRef } from "../kubectl";
import type { Event, Job, Pod, ReplicaSet, StatefulSet } from "../types";

/** A controller that creates pods. */
export type Maker = ReplicaSet | StatefulSet | Job;

/** The objects in a preview's namespace that show the state of its workloads. */
export interface Objects {
  readonly pods: readonly Pod[];
  readonly makers: readonly Maker[];
  readonly events: readonly Event[];
}

/** @throws UserError if the cluster can't be asked */
export async function look(place: NamespaceRef): Promise<Objects> {
  const text = await kubectl(place, [
    "get",
    "pods,replicasets,statefulsets,jobs,events",
    "--output=json",
    "--request-timeout=15s",
  ]);
  const { items } = JSON.parse(text) as { items: readonly (Pod | Maker | Event)[] };
  const of = <Kind extends Pod | Maker | Event>(...kinds: Kind["kind"][]) =>
    items.filter((item): item is Kind => (kinds as string[]).includes(item.kind));
  return { pods: of<Pod>("Pod"), makers: of<Maker>("ReplicaSet", "StatefulSet", "Job"), events: of<Event>("Event") };
}

export function makerOf({ metadata }: Pod, { makers }: Objects): Maker | undefined {
  const uids = metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
  return makers.find((maker) => uids.includes(maker.metadata.uid));
}

/** Whether a pod is of a former revision of its Deployment or StatefulSet. */
export function isOutdated(pod: Pod, objects: Objects): boolean {
  const maker = makerOf(pod, objects);
  if (maker?.kind === "StatefulSet") {
    const revision = pod.metadata.labels?.["controller-revision-hash"];
    return maker.status.updateRevision !== undefined && revision !== maker.status.updateRevision;
  }
  return maker === undefined || !isNewest(maker, objects);
}

/** False for a ReplicaSet that its Deployment has replaced with a newer one. */
export function isNewest(maker: Maker, { makers }: Objects): boolean {
  const deployment = ({ metadata }: Maker) => metadata.ownerReferences?.find(({ kind }) => kind === "Deployment")?.uid;
  const revision = ({ metadata }: Maker) => Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
  return (
    maker.kind !== "ReplicaSet" ||
    makers.every((other) => deployment(other) !== deployment(maker) || revision(other) <= revision(maker))
  );
}
