import type { UserError } from "../../contract";
import type { Zone } from "../../clients/dns";
import type { Identity } from "../inventory/identity";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { listRecords, recordsAmong, unknownRecords } from "./dns-records";
import { repairState } from "../../clients/pulumi/repair-state";
import { stackName } from "../../clients/pulumi/stacks";
import { exportState, recordsOf, type State } from "../../clients/pulumi/state";

export interface RepairOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** Undefined if previews have no DNS records of their own. */
  readonly dns?: Zone;
  readonly report: (message: string) => void;
}

/**
 * Repairs the state and the zone so that an update can succeed.
 *
 * @param known the state as it was a moment ago
 * @param exists whether the preview's namespace exists
 */
export async function repair(options: RepairOptions, known: State, exists: boolean): Promise<State> {
  const { context, dns, identity, report } = options;
  const { names, owner } = identity;
  const listed = dns && (await listRecords(dns, identity).catch((error: unknown) => error as UserError));
  const records = dns && listed && !(listed instanceof Error) ? recordsAmong(listed, dns, identity) : undefined;
  const present = { namespace: names.namespace, exists, goneRecords: records?.gone };
  const stack = stackName(owner.pullRequest);
  const repaired = await repairState(context, stack, present, report, known);
  if (listed instanceof Error) {
    // The record is most likely as the state says, which needn't stop the update.
    if (repaired.pending.some((urn) => urn.includes("DnsRecord"))) {
      throw listed;
    }
    report(`the DNS record is not checked: ${listed.message}`);
  }
  const unknown = records === undefined ? [] : unknownRecords(records, repaired.records);
  // Read the state again: a record that is newer than the first reading is a concurrent run's.
  const state = unknown.length === 0 ? undefined : await exportState(context, stack);
  for (const { id, name } of state === undefined ? [] : unknownRecords(records!, recordsOf(state))) {
    report(`the DNS record ${name} was created by a run that couldn't save its state: recreating it`);
    await dns!.delete(id);
  }
  return repaired.state;
}
