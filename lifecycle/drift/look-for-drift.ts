import { UserError } from "../../contract";
import { kubectl, type NamespaceRef, tryKubectl } from "../../clients/kubernetes/kubectl";
import { findNamespace } from "../../clients/kubernetes/namespace";
import type { KubernetesObject } from "../../clients/kubernetes/types";
import { objectsIn, type State } from "../../clients/pulumi/state";
import { compare, type Drift } from "./compare";

/** A namespace's objects, the claims of its volumes among them, and which of a state's aren't as the last update has left them. */
export interface Inside {
  readonly live: readonly KubernetesObject[];
  readonly drift: readonly Drift[];
}

/**
 * Compares a state with the cluster: one list for each kind, and the namespace with its labels.
 *
 * @throws UserError where the cluster can't be asked
 */
export async function lookForDrift(place: NamespaceRef, state: State): Promise<Inside> {
  const known = objectsIn(state, place.namespace);
  // The deployer may read RoleBindings one by one only.
  const listed = known.filter(({ kind }) => kind !== "RoleBinding" && kind !== "Namespace");
  if (listed.length === 0) {
    // The deployer's right to look comes with the namespace's first objects, which a killed run may not have come to.
    return { live: [], drift: [] };
  }
  const kinds = [...new Set(listed.map(({ resource }) => resource)), "persistentvolumeclaim"];
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
  // Of a list that fails in any other way, or of one without the claims, nothing that is missing could be told.
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

/** `networkpolicies.networking.k8s.io` are of the kind NetworkPolicy. */
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
 * Gives the deployer its rights in the namespace back, where somebody has taken them: without them nothing else can be seen.
 *
 * @throws UserError where the cluster can't be asked
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
      report(`RoleBinding ${name} is missing: it is recreated before all else`);
      await kubectl(place, ["create", "--filename=-", "--request-timeout=15s"], {
        input: JSON.stringify(inputs),
      });
    }
  }
}
