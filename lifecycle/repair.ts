import type { PulumiContext } from "./pulumi";
import {
  exportState,
  importState,
  pendingOf,
  resourcesOf,
  type State,
  withoutNamespace,
  withoutPending,
} from "./state";

/** What a look at the state has found, and what was done about it. */
export interface Repair {
  /** URNs of what a killed run was making, changing or deleting. */
  readonly pending: readonly string[];
  /** How many objects the state had in a namespace that isn't there. */
  readonly lost: number;
}

/** What there is to repair in a state, given whether the cluster has the namespace. */
export function judge(state: State, namespace: string, exists: boolean): { repair: Repair; repaired: State } {
  const pending = pendingOf(state).map(({ resource }) => resource.urn);
  const present = exists ? state : withoutNamespace(state, namespace);
  const lost = resourcesOf(state).length - resourcesOf(present).length;
  return { repair: { pending, lost }, repaired: withoutPending(present) };
}

/**
 * Takes out of a stack's state what would make its next operation fail: operations that a killed run has left, and
 * objects of a namespace that somebody has deleted. Needs the stack's lock.
 */
export async function repairState(
  context: PulumiContext,
  stack: string,
  namespace: string,
  exists: boolean,
  report: (message: string) => void,
): Promise<Repair> {
  const { repair, repaired } = judge(await exportState(context, stack), namespace, exists);
  if (repair.pending.length > 0 || repair.lost > 0) {
    // Refused while another run holds the lock: what looks like a killed run's is that one's then.
    await importState(context, stack, repaired);
    describe(repair, namespace).forEach(report);
  }
  return repair;
}

function describe({ pending, lost }: Repair, namespace: string): string[] {
  const names = pending.map((urn) => urn.split("::").slice(2).join(" "));
  return [
    ...(pending.length > 0 ? [`a run was killed at ${names.join(", ")}: these are looked at again`] : []),
    ...(lost > 0 ? [`namespace ${namespace} is gone: ${lost} objects that were in it are made anew`] : []),
  ];
}
