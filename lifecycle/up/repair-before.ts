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
  /** Undefined where previews have no record of their own. */
  readonly dns?: Zone;
  readonly report: (message: string) => void;
}

/**
 * Brings the state, and the zone with it, to where an update can go on from.
 *
 * @param known the state as it was a moment ago
 * @param exists whether the cluster has the preview's namespace
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
    // What is most likely as the state says needn't keep an update from being made.
    if (repaired.pending.some((urn) => urn.includes("DnsRecord"))) {
      throw listed;
    }
    report(`the DNS record is not checked: ${listed.message}`);
  }
  const unknown = records === undefined ? [] : unknownRecords(records, repaired.records);
  // What was made after the state was read is a run's at work.
  const state = unknown.length === 0 ? undefined : await exportState(context, stack);
  for (const { id, name } of state === undefined ? [] : unknownRecords(records!, recordsOf(state))) {
    report(`the DNS record ${name} was made by a run that couldn't record it: it is recreated`);
    await dns!.delete(id);
  }
  return repaired.state;
}
