import assert from "node:assert/strict";
import { dnsComment, namesOf } from "../../contract";
import type { OwnedRecord, Zone } from "../../clients/dns/zone";
import type { Identity } from "../../lifecycle/inventory/identity";
import { listRecords, recordsAmong, unknownRecords } from "../../lifecycle/up/dns-records";
import type { StateResource } from "../../clients/pulumi/state";

const owner = { project: "preview", product: "orders", repository: "myorg/orders", pullRequest: 7 };
const names = namesOf({ pullRequest: 7, prefix: "", domain: "previews.example.com", port: 443 });
const zoneId = "a".repeat(32);
const identity = { owner, names, zoneId } as Identity;
const zone = { gone: (ids: readonly string[]) => Promise.resolve(ids) } as Zone;

const record = (id: string, more: Partial<OwnedRecord> = {}): OwnedRecord => ({
  ...{ id, name: names.host, type: "A", content: "192.0.2.1" },
  ...{ comment: dnsComment(owner), owner: { source: "myorg/orders", project: "preview", pullRequest: 7 }, ...more },
});
const known = (id: string, zoneOf = zoneId): StateResource => ({
  ...{ urn: `urn:pulumi:pr-7::preview::cloudflare:index/dnsRecord:DnsRecord::${id}`, id },
  ...{ type: "cloudflare:index/dnsRecord:DnsRecord", inputs: { zoneId: zoneOf } },
});

const listed = (...ids: string[]) => ({ own: ids.map((id) => record(id)), atHosts: [] });

describe("a preview's records in a zone", () => {
  const another = record("b", { comment: dnsComment({ ...owner, pullRequest: 8 }) });

  it("are its owner's, looked up by comment and by both hosts", async () => {
    const listing = {
      ownedRecords: () => Promise.resolve([record("a"), another]),
      recordsOf: (name: string) => Promise.resolve([{ id: name }]),
    } as unknown as Zone;
    const { own, atHosts } = await listRecords(listing, identity);
    assert.deepEqual(own, [record("a")]);
    assert.deepEqual(
      atHosts.map(({ id }) => id),
      [names.host, names.apiHost],
    );
  });

  it("are not another preview's", () => {
    assert.throws(
      () => recordsAmong({ own: [], atHosts: [record("a"), another] }, zone, identity),
      /\(A 192\.0\.2\.1\) belongs to another owner, and nothing was changed: its comment is "preview-stack: .* 8 .*"; give/,
    );
  });

  it("must be the only ones for its hosts: one that somebody created by hand is refused", () => {
    const among = (type: string, comment?: string) =>
      recordsAmong({ own: [], atHosts: [record("a"), { ...another, type, comment: comment! }] }, zone, identity);
    for (const type of ["A", "AAAA", "CNAME"]) {
      assert.throws(
        () => among(type),
        /belongs to another owner, and nothing was changed: no preview created it; delete/,
      );
    }
    assert.doesNotThrow(() => among("TXT"));
    assert.doesNotThrow(() => among("A", dnsComment(owner)));
  });

  it("are gone when the state has them and neither the list nor the zone does", async () => {
    const { gone } = recordsAmong(listed("a"), zone, identity);
    assert.deepEqual(await gone([known("a"), known("c")]), ["c"]);
  });

  it("are not looked for in another zone than theirs", async () => {
    assert.deepEqual(await recordsAmong(listed(), zone, identity).gone([known("c", "b".repeat(32))]), []);
  });

  it("are unknown when the state has none with that id", () => {
    const records = recordsAmong(listed("a", "d"), zone, identity);
    assert.deepEqual(unknownRecords(records, [known("a")]), [record("d")]);
  });
});
