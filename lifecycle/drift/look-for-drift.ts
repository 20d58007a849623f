import { UserError } from "../../contract";
import { kubectl, type NamespaceRef, tryKubectl } from "../../clients/kubernetes/kubectl";
import { findNamespace } from "../../clients/kubernetes/namespace";
import type { KubernetesObject } from "../../clients/kubernetes/types";
import { objectsIn, type State } from "../../clients/pulumi/state";
import { compare, type Drift } from "./compare";

/** A namespace's objects, claims and pods included, and which of a state's have drifted. */
export interface Inside {
  readonly live: readonly KubernetesObject[];
  readonly drift: readonly Drift[];
}

/**
 * Compares a state with the cluster, with one list per kind.
 *
 * @throws UserError if the cluster can't be asked
 */
export async function lookForDrift(place: NamespaceRef, state: State): Promise<Inside> {
  const known = objectsIn(state, place.namespace);
  // The deployer may get RoleBindings, but not list them.
  const listed = known.filter(({ kind }) => kind !== "RoleBinding" && kind !== "Namespace");
  if (listed.length === 0) {
    // The deployer's rights come with the namespace's first objects, which a killed run may not have created.
    return { live: [], drift: [] };
  }
  const kinds = [...new Set(listed.map(({ resource }) => resource)), "persistentvolumeclaim", "pod"];
  const [{ live, forbidden }, namespace] = await Promise.all([list(place, kinds), findNamespace(place)]);
  const seen = listed.filter(({ kind }) => !forbidden.some((name) => isOfKind(name, kind)));
  const own = known.filter(({ kind }) => kind === "Namespace");
  const found: KubernetesObject[] = namespace === undefined ? [] : [asObject(namespace)];
  return { live, drift: [...compare(own, found), ...compare(seen, live)] };
}

interface Listed {
  readonly live: readonly KubernetesObject[];
  /** Names of kinds, `deployments.apps`, that may not be read. */
  readonly forbidden: readonly string[];
}

async function list(place: NamespaceRef, kinds: readonly string[]): Promise<Listed> {
  const options = ["--output=json", "--request-timeout=15s"];
  const { failed, stdout, stderr } = await tryKubectl(place, ["get", kinds.join(), ...options]);
  const forbidden = [...stderr.matchAll(/\(Forbidden\): (\S+) is forbidden/g)].map((match) => match[1]!);
  // A list that failed in any other way, or that lacks the claims, can't tell what is missing.
  const isPart = failed && forbidden.length > 0 && forbidden.length === stderr.trim().split("\n").length;
  if (
    (failed && !isPart) ||
    forbidden.some((name) => isOfKind(name, "PersistentVolumeClaim")) ||
    stdout.trim() === ""
  ) {
    throw new UserError(`kubectl get ${kinds.join()} in ${place.namespace}: ${stderr}`);
  }
  return { live: (JSON.parse(stdout) as { items: readonly KubernetesObject[] }).items, forbidden };
}

/** `networkpolicies.networking.k8s.io` is of kind NetworkPolicy. */
const isOfKind = (name: string, kind: string) => name.startsWith(kind.toLowerCase().replace(/y$/, ""));

const asObject = ({
  name,
  labels,
  annotations,
}: {
  name: string;
  labels: object;
  annotations: object;
}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels, annotations } as KubernetesObject["metadata"],
});

/**
 * Recreates the deployer's RoleBindings if somebody has deleted them: without them nothing else in the namespace can be read.
 *
 * @throws UserError if the cluster can't be asked
 */
export async function restoreRights(
  place: NamespaceRef,
  state: State,
  report: (message: string) => void,
): Promise<void> {
  for (const binding of objectsIn(state, place.namespace).filter(({ kind }) => kind === "RoleBinding")) {
    const { name, inputs } = binding;
    const options = ["--ignore-not-found", "--output=name", "--request-timeout=15s"];
    const isMissing = (await kubectl(place, ["get", `rolebinding/${name}`, ...options])) === "";
    if (isMissing && (await findNamespace(place))?.phase === "Active") {
      report(`RoleBinding ${name} is missing: recreating it first`);
      await kubectl(place, ["create", "--filename=-", "--request-timeout=15s"], {
        input: JSON.stringify(inputs),
      });
    }
  }
}
