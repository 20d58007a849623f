import {
  annotationArguments,
  foreignOwner,
  type LifecycleRecord,
  type Owner,
  recordFrom,
  UserError,
} from "../../contract";
import { kubectl, type NamespaceRef, tryKubectl } from "./kubectl";
import type { KubernetesObject, Namespace as NamespaceObject } from "./types";

/** A namespace as the cluster has it. */
export interface Namespace {
  readonly name: string;
  /** Unique, even among namespaces of the same name. */
  readonly uid: string;
  /** Changes with every change of the object. */
  readonly resourceVersion: string;
  readonly phase: "Active" | "Terminating";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the namespace's deletion is waiting for, in the words of the namespace controller. */
  readonly remaining: readonly string[];
}

/**
 * @returns undefined only if the cluster says that there is no such namespace
 * @throws UserError if the cluster can't be asked
 */
export async function findNamespace(place: NamespaceRef): Promise<Namespace | undefined> {
  const options = ["--ignore-not-found", "--output=json", "--request-timeout=15s"];
  const text = await kubectl(place, ["get", "namespace", place.namespace, ...options]);
  return text.trim() === "" ? undefined : namespaceFrom(JSON.parse(text) as NamespaceObject);
}

export function namespaceFrom({ metadata, status }: NamespaceObject): Namespace {
  const { name, uid, resourceVersion, labels = {}, annotations = {} } = metadata;
  const remaining = (status.conditions ?? [])
    .filter(({ type, status: holds }) => /Remaining$/.test(type) && holds === "True")
    .map(({ message }) => message);
  return { name, uid, resourceVersion, phase: status.phase, labels, annotations, remaining };
}

/**
 * Starts deleting this very namespace, not one of the same name that another run has created meanwhile.
 *
 * @returns whether it existed
 * @throws UserError if the cluster refuses or can't be asked
 */
export async function deleteNamespace(place: NamespaceRef, { name, uid }: Namespace): Promise<boolean> {
  const args = ["delete", "--raw", `/api/v1/namespaces/${name}`, "--filename=-", "--request-timeout=15s"];
  const input = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } });
  const { failed, stderr } = await tryKubectl(place, args, { input });
  if (failed && !/\((NotFound|Conflict)\)/.test(stderr)) {
    throw new UserError(`namespace ${name} can't be deleted: ${stderr}`);
  }
  return !failed;
}

/** Annotates the namespace, unless it has changed since it was read. @returns whether it did */
export async function annotateIfUnchanged(
  place: NamespaceRef,
  { resourceVersion, annotations }: Namespace,
  record: Partial<LifecycleRecord>,
): Promise<boolean> {
  const options = ["--overwrite", `--resource-version=${resourceVersion}`];
  const what = [
    "annotate",
    "namespace",
    place.namespace,
    ...options,
    ...annotationArguments(record, recordFrom(annotations)),
  ];
  const { failed, stderr } = await tryKubectl(place, what);
  if (failed && !/\(Conflict\)|the object has been modified|\(NotFound\)/.test(stderr)) {
    throw new UserError(`namespace ${place.namespace} can't be annotated: ${stderr}`);
  }
  return !failed;
}

/** @throws UserError if the namespace isn't this owner's */
export function refuseForeign(namespace: Namespace, owner: Owner, advice = ""): void {
  const whose = foreignOwner(namespace.labels, owner);
  if (whose !== undefined) {
    throw new UserError(
      `namespace ${namespace.name} belongs to another owner, and nothing was changed: ${whose}${advice}`,
    );
  }
}

/** An object whose finalizers keep it from being deleted. */
export interface FinalizerBlock {
  /** `configmaps/settings` */
  readonly object: string;
  readonly finalizers: readonly string[];
  /** The field manager that set them, or `unknown`. */
  readonly setBy: string;
}

/** The objects in a terminating namespace that wait for a finalizer, as far as they can be read. */
export async function finalizerBlocks(place: NamespaceRef, { remaining }: Namespace): Promise<FinalizerBlock[]> {
  const kinds = [...remaining.join("\n").matchAll(/(\S+) has \d+ resource instances/g)].map((match) =>
    // "Some resources are remaining: configmaps. has 1 resource instances": a kind of the core group ends in a dot.
    match[1]!.replace(/\.$/, ""),
  );
  const found = kinds.map(async (kind) => {
    try {
      const { items } = JSON.parse(
        await kubectl(place, ["get", kind, "--output=json", "--show-managed-fields", "--request-timeout=15s"]),
      ) as { items: readonly KubernetesObject[] };
      return items
        .filter(({ metadata }) => (metadata.finalizers ?? []).length > 0)
        .map((item) => finalizerBlock(kind, item));
    } catch (error) {
      if (error instanceof UserError) {
        return [];
      }
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}

export function finalizerBlock(kind: string, { metadata }: KubernetesObject): FinalizerBlock {
  const manager = metadata.managedFields?.find(({ fieldsV1 }) =>
    JSON.stringify(fieldsV1 ?? {}).includes("f:finalizers"),
  );
  return {
    object: `${kind}/${metadata.name}`,
    finalizers: metadata.finalizers ?? [],
    setBy: manager?.manager ?? "unknown",
  };
}

/** Removes an object's finalizers, although their controllers haven't cleaned up. */
export async function removeFinalizers(place: NamespaceRef, object: string): Promise<void> {
  await kubectl(place, ["patch", object, "--type=merge", "--patch", '{"metadata":{"finalizers":null}}']);
}

/** The names of the volumes that the namespace's claims are or were bound to. */
export async function volumesOf(place: NamespaceRef): Promise<string[]> {
  const { items } = JSON.parse(
    await kubectl(place, ["get", "persistentvolumes", "--output=json", "--request-timeout=15s"]),
  ) as { items: readonly { metadata: { name: string }; spec: { claimRef?: { namespace: string } } }[] };
  return items.filter(({ spec }) => spec.claimRef?.namespace === place.namespace).map(({ metadata }) => metadata.name);
}
