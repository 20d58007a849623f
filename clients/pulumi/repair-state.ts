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

/** What was wrong with a state. */
export interface Repair {
  /** URNs of the resources that a killed run was creating, updating or deleting. */
  readonly pending: readonly string[];
  /** How many of its objects were in a namespace that is gone. */
  readonly lost: number;
  /** How many of its DNS records aren't in the zone. */
  readonly lostRecords: number;
  /** The DNS records that are left in the state. */
  readonly records: readonly StateResource[];
}

/** What exists outside the state. */
export interface Present {
  /** The preview's namespace. */
  readonly namespace: string;
  /** Whether the namespace exists. */
  readonly exists: boolean;
  /** Of the state's DNS records, the ids of those that aren't in the zone. @default not checked */
  readonly goneRecords?: (known: readonly StateResource[]) => Promise<readonly string[]>;
}

/** What to repair in a state, given whether the namespace exists and which records are gone. */
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
 * Removes from a stack's state what would make the next operation fail or go wrong: pending operations of a killed run, and objects
 * and DNS records that somebody has deleted. Fails if another run holds the stack's lock.
 *
 * @param known the state as it was a moment ago @default the backend is asked
 * @returns what was repaired, and the repaired state
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
    // Pending operations may be those of a run at work, which holds the lock from beginning to end.
    await refuseLocked(context, stack, seen);
    // With secrets encrypted, to import it again.
    const state = await exportState(context, stack);
    const { repair, repaired } = await judged(state);
    if (!needsRepair({ repair })) {
      return { ...repair, state: repaired };
    }
    // Another run may have begun and ended meanwhile.
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
    ...(pending.length > 0 ? [`a run was killed while it changed ${names.join(", ")}: checking these again`] : []),
    ...(lost > 0 ? [`namespace ${namespace} is gone: ${lost} of its objects are removed from the state`] : []),
    ...(lostRecords > 0 ? ["the DNS record is gone: recreating it"] : []),
  ];
}
