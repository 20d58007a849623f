import { dnsComment, ownerOfComment, UserError } from "../../contract";
import type { OwnedRecord, Zone, ZoneRecord } from "../../clients/dns/zone";
import type { Identity } from "../inventory/identity";
import type { StateResource } from "../../clients/pulumi/state";

/** A preview's DNS records as the zone has them, which is what an update's state is held against. */
export interface Records {
  readonly own: readonly OwnedRecord[];
  /** Of the records that a state knows of, the ids of those that the zone doesn't have. */
  readonly gone: (known: readonly StateResource[]) => Promise<readonly string[]>;
}

/** What a zone has of a preview. */
export interface Listed {
  /** Those that its comment says are its own. */
  readonly own: readonly OwnedRecord[];
  /** Under its hosts, no matter who made them. */
  readonly atHosts: readonly (ZoneRecord & { readonly comment?: string | null })[];
}

/**
 * Lists what concerns a preview.
 *
 * @throws UserError where the zone can't be listed as a whole
 */
export async function listRecords(zone: Zone, { owner, names }: Identity): Promise<Listed> {
  const comment = dnsComment(owner);
  const [all, ...atHosts] = await Promise.all([
    zone.ownedRecords(),
    ...[names.host, names.apiHost].map((host) => zone.recordsOf(host)),
  ]);
  return { own: all.filter((record) => record.comment === comment), atHosts: atHosts.flat() };
}

/**
 * A preview's records, where nobody else's lead its visitors elsewhere.
 *
 * @param listed before the state is read, so that what a run at work makes isn't taken for unknown
 * @throws UserError where another preview's record has the host, or one that somebody has made by hand
 */
export function recordsAmong({ own, atHosts }: Listed, zone: Zone, { owner, zoneId }: Identity): Records {
  const comment = dnsComment(owner);
  const foreign = atHosts.find((record) => leadsVisitors(record) && record.comment !== comment);
  if (foreign !== undefined) {
    const isPreviews = ownerOfComment(foreign.comment ?? "") !== undefined;
    throw new UserError(
      `the DNS record ${foreign.name} (${foreign.type} ${foreign.content}) belongs to another owner, and nothing was changed: ` +
        (isPreviews
          ? `its comment is "${foreign.comment}"; give one of the two another prefix or domain, or close the other`
          : "no preview has made it; delete it, or give previews another prefix or domain"),
    );
  }
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

/** Other types, a TXT, may well stand beside an address. */
const leadsVisitors = ({ type }: ZoneRecord) => ["A", "AAAA", "CNAME"].includes(type);
