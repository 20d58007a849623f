import { isDeepStrictEqual } from "node:util";
import type { PulumiContext } from "./pulumi";
import { refuseLocked } from "./refuse-locked";
import {
  exportState,
  importState,
  pendingOf,
  recordsOf,
  resourcesOf,
  type State,
  type StateResource,
  withoutNamespace,
  withoutPending,
  withoutRecords,
} from "./state";

/** What a look at the state has found, and what was done about it. */
export interface Repair {
  /** URNs of what a killed run was making, changing or deleting. */
  readonly pending: readonly string[];
  /** How many objects the state had in a namespace that isn't there. */
  readonly lost: number;
  /** How many DNS records the state had that aren't in the zone. */
  readonly lostRecords: number;
  /** The DNS records that the state knows of now. */
  readonly records: readonly StateResource[];
}

/** What there is outside of the state. */
export interface Present {
  /** The preview's namespace. */
  readonly namespace: string;
  /** Whether the cluster has it. */
  readonly exists: boolean;
  /** Of the DNS records that the state knows of, the ids of those that the zone lacks. @default nobody looks for them */
  readonly goneRecords?: (known: readonly StateResource[]) => Promise<readonly string[]>;
}

/** What there is to repair in a state, given whether the cluster has the namespace and which records the zone lacks. */
export function judge(
  state: State,
  namespace: string,
  exists: boolean,
  goneRecords: readonly string[] = [],
): { repair: Repair; repaired: State } {
  const pending = pendingOf(state).map(({ resource }) => resource.urn);
  const present = exists ? state : withoutNamespace(state, namespace);
  const repaired = withoutPending(withoutRecords(present, goneRecords));
  const lost = resourcesOf(state).length - resourcesOf(present).length;
  const lostRecords = resourcesOf(present).length - resourcesOf(repaired).length;
  return { repair: { pending, lost, lostRecords, records: recordsOf(repaired) }, repaired };
}

/**
 * Takes out of a stack's state what would make its next operation fail, or what it would take for there: operations
 * that a killed run has left, objects of a namespace and DNS records that somebody has deleted. Needs the stack's lock.
 *
 * @param known the state as it was a moment ago @default the backend is asked
 * @returns what was done, and the state as it is then
 */
export async function repairState(
  context: PulumiContext,
  stack: string,
  { namespace, exists, goneRecords }: Present,
  report: (message: string) => void,
  known?: State,
): Promise<Repair & { readonly state: State }> {
  const judged = async (state: State) => judge(state, namespace, exists, (await goneRecords?.(recordsOf(state))) ?? []);
  const seen = known ?? (await exportState(context, stack));
  const first = await judged(seen);
  if (!needsRepair(first)) {
    return { ...first.repair, state: first.repaired };
  }
  for (;;) {
    // A run at work holds the lock from beginning to end: what it is in the middle of isn't a killed run's.
    await refuseLocked(context, stack, seen);
    // With its secrets encrypted, as it is imported.
    const state = await exportState(context, stack);
    const { repair, repaired } = await judged(state);
    if (!needsRepair({ repair })) {
      return { ...repair, state: repaired };
    }
    // Judging may have taken long, and another run may have begun and ended meanwhile.
    if (isDeepStrictEqual(await exportState(context, stack), state)) {
      await importState(context, stack, repaired);
      describe(repair, namespace).forEach(report);
      return { ...repair, state: repaired };
    }
  }
}

const needsRepair = ({ repair }: { readonly repair: Repair }): boolean =>
  repair.pending.length > 0 || repair.lost > 0 || repair.lostRecords > 0;

function describe({ pending, lost, lostRecords }: Repair, namespace: string): string[] {
  const names = pending.map((urn) => urn.split("::").slice(2).join(" "));
  return [
    ...(pending.length > 0 ? [`a run was killed at ${names.join(", ")}: these are looked at again`] : []),
    ...(lost > 0 ? [`namespace ${namespace} is gone: ${lost} objects that were in it are taken out of the state`] : []),
    ...(lostRecords > 0 ? ["the DNS record is gone: recreating it"] : []),
  ];
}
