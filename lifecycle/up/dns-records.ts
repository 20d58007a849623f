import { dnsComment, ownerOfComment, UserError } from "../../contract";
import type { OwnedRecord, Zone, ZoneRecord } from "../../clients/dns/zone";
import type { Identity } from "../inventory/identity";
import type { StateResource } from "../../clients/pulumi/state";

/** A preview's DNS records in the zone, to compare a state with. */
export interface Records {
  readonly own: readonly OwnedRecord[];
  /** Of the records in a state, the ids of those that aren't in the zone. */
  readonly gone: (known: readonly StateResource[]) => Promise<readonly string[]>;
}

/** A zone's records that concern a preview. */
export interface Listed {
  /** Its own, by their comment. */
  readonly own: readonly OwnedRecord[];
  /** All records of its hosts, no matter who created them. */
  readonly atHosts: readonly (ZoneRecord & { readonly comment?: string | null })[];
}

/**
 * Lists the records that concern a preview.
 *
 * @throws UserError if the zone can't be listed completely
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
 * A preview's own records, unless someone else's record has its host.
 *
 * @param listed read before the state, so that what a concurrent run creates isn't taken for unknown
 * @throws UserError if the host's record is another preview's, or was created by hand
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
          : "no preview created it; delete it, or give previews another prefix or domain"),
    );
  }
  const isListed = (id: string) => own.some((record) => record.id === id);
  return {
    own,
    // If dns.zoneId has changed, the state's record is in another zone than the one that is asked.
    gone: async (known) => {
      const here = known.filter(({ inputs }) => inputs?.zoneId === zoneId);
      return zone.gone(here.flatMap(({ id }) => (id === undefined || isListed(id) ? [] : id)));
    },
  };
}

/** A preview's records that aren't in its state: an update would fail, since they already exist. */
export const unknownRecords = ({ own }: Records, known: readonly StateResource[]): OwnedRecord[] =>
  own.filter((record) => !known.some(({ id }) => id === record.id));

/** Other types, such as TXT, may exist beside an address. */
const leadsVisitors = ({ type }: ZoneRecord) => ["A", "AAAA", "CNAME"].includes(type);
