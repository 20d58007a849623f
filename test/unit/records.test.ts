import assert from "node:assert/strict";
import { dnsComment, namesOf } from "../../contract";
import type { OwnedRecord, Zone } from "../../lifecycle/dns/zone";
import type { Identity } from "../../lifecycle/identity";
import { recordsAmong, unknownRecords } from "../../lifecycle/records";
import type { StateResource } from "../../lifecycle/state";

const owner = { project: "preview", product: "orders", repository: "myorg/orders", pullRequest: 7 };
const names = namesOf({ pullRequest: 7, prefix: "", domain: "previews.example.com", port: 443 });
const zoneId = "a".repeat(32);
const identity = { owner, names, zoneId } as Identity;
const zone = { gone: (ids: readonly string[]) => Promise.resolve(ids) } as Zone;

const record = (id: string, more: Partial<OwnedRecord> = {}): OwnedRecord => ({
  ...{ id, name: names.host, type: "A", content: "192.0.2.1", createdOn: "2026-11-24T12:00:00Z" },
  ...{ comment: dnsComment(owner), owner: { source: "myorg/orders", project: "preview", pullRequest: 7 }, ...more },
});
const known = (id: string, zoneOf = zoneId): StateResource => ({
  ...{ urn: `urn:pulumi:pr-7::preview::cloudflare:index/dnsRecord:DnsRecord::${id}`, id },
  ...{ type: "cloudflare:index/dnsRecord:DnsRecord", inputs: { zoneId: zoneOf } },
});

describe("a preview's records among those of a zone", () => {
  const another = record("b", { name: "pr-8.previews.example.com", comment: "preview-stack: another's" });

  it("are its owner's", () => {
    assert.deepEqual(recordsAmong([record("a"), another], zone, identity).own, [record("a")]);
  });

  it("must not be another owner's, under either host", () => {
    for (const name of [names.host, names.apiHost]) {
      assert.throws(
        () => recordsAmong([{ ...another, name }], zone, identity),
        /belongs to another owner, and nothing was changed: its comment is "preview-stack: another's"; give one/,
      );
    }
  });

  it("are gone where the state knows of them and neither the list nor the zone does", async () => {
    const { gone } = recordsAmong([record("a")], zone, identity);
    assert.deepEqual(await gone([known("a"), known("c")]), ["c"]);
  });

  it("are not looked for in another zone than theirs", async () => {
    assert.deepEqual(await recordsAmong([], zone, identity).gone([known("c", "b".repeat(32))]), []);
  });

  it("are unknown where the state has none of that id", () => {
    const records = recordsAmong([record("a"), record("d")], zone, identity);
    assert.deepEqual(unknownRecords(records, [known("a")]), [record("d")]);
  });
});
