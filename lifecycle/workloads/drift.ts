import { kubectl, type Place } from "../kubectl";
import { type State, workloadsOf } from "../state";

interface Live {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation: number };
}

/**
 * The workloads that aren't as the state says that the last update has left them, `Deployment api`: a person has changed
 * them, or an update that was cut short, of which Pulumi may note nothing down.
 *
 * @throws UserError where the cluster can't be asked
 */
export async function drifted(place: Place, state: State): Promise<string[]> {
  if (workloadsOf(state).length === 0) {
    // The deployer's right to look comes with the namespace's first objects, which a killed run may not have come to.
    return [];
  }
  const text = await kubectl(place, ["get", "deployments,statefulsets", "--output=json", "--request-timeout=15s"]);
  return driftedAmong((JSON.parse(text) as { items: readonly Live[] }).items, state);
}

/** By their generation, which the cluster raises with every change of what is wanted. */
export function driftedAmong(live: readonly Live[], state: State): string[] {
  return workloadsOf(state)
    .filter(({ kind, name, generation }) =>
      live.some((one) => one.kind === kind && one.metadata.name === name && one.metadata.generation !== generation),
    )
    .map(({ kind, name }) => `${kind} ${name}`);
}
