import { dnsComment, UserError } from "../contract";
import type { OwnedRecord, Zone } from "./dns/zone";
import type { Identity } from "./identity";
import type { StateResource } from "./state";

/** A preview's DNS records as the zone has them, which is what an update's state is held against. */
export interface Records {
  readonly own: readonly OwnedRecord[];
  /** Of the records that a state knows of, the ids of those that the zone doesn't have. */
  readonly gone: (known: readonly StateResource[]) => Promise<readonly string[]>;
}

/**
 * A preview's records among those that were listed.
 *
 * @param all listed before the state is read, so that what a run at work makes isn't taken for unknown
 * @throws UserError where another preview's record has the host
 */
export function recordsAmong(all: readonly OwnedRecord[], zone: Zone, { owner, names, zoneId }: Identity): Records {
  const comment = dnsComment(owner);
  const hosts = [names.host, names.apiHost];
  const foreign = all.find((record) => hosts.includes(record.name) && record.comment !== comment);
  if (foreign !== undefined) {
    throw new UserError(
      `the DNS record ${foreign.name} belongs to another owner, and nothing was changed: its comment is ` +
        `"${foreign.comment}"; give one of the two another prefix or domain, or close the other`,
    );
  }
  const own = all.filter((record) => record.comment === comment);
  const isListed = (id: string) => own.some((record) => record.id === id);
  return {
    own,
    // Where the setting has changed, the state's record is in another zone than the one that is asked.
    gone: async (known) => {
      const here = known.filter(({ inputs }) => inputs?.zoneId === zoneId);
      return zone.gone(here.flatMap(({ id }) => (id === undefined || isListed(id) ? [] : id)));
    },
  };
}

/** Records of a preview that its state doesn't know of: an update would be refused for what exists already. */
export const unknownRecords = ({ own }: Records, known: readonly StateResource[]): OwnedRecord[] =>
  own.filter((record) => !known.some(({ id }) => id === record.id));
