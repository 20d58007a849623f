import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { dnsComment } from "../../../contract";
import { Zone } from "../../../clients/dns/zone";
import { pulumi } from "../../../clients/pulumi/pulumi";
import { stacks } from "../../../clients/pulumi/stacks";
import { type DnsRecord, DnsZone } from "../../doubles/dns-zone";
import { CloudflareStandIn } from "../../doubles/cloudflare";

const project = join(__dirname, "project");
const stack = "pr-90601";
const zoneId = "1".repeat(32);
const owner = { project: "preview-dns-test", product: "orders", repository: "", pullRequest: 90601 };
const settings = {
  ...{ kubeContext: "none", domain: "previews.example.com", product: owner.product },
  ...{ api: { image: "orders/api:0123456" }, web: { image: "orders/web:0123456" } },
  dns: { zoneId, type: "A", target: "192.0.2.1" },
};

describe("the lifecycle's own DNS client", () => {
  let cloudflare: CloudflareStandIn;
  let files: DnsZone;
  let zone: Zone;

  before(async () => {
    cloudflare = await CloudflareStandIn.start();
    files = new DnsZone(cloudflare.folder, zoneId);
    zone = new Zone(zoneId, cloudflare.env);
  });

  after(() => cloudflare.stop());

  describe("next to Pulumi's", () => {
    const run = (...args: string[]) =>
      pulumi({ project, env: cloudflare.env, onLine: () => undefined, report: () => undefined }, [
        ...args,
        "--stack",
        stack,
      ]);
    const file = join(project, `Pulumi.${stack}.yaml`);

    before(async () => {
      const config = Object.entries(settings).map(([key, value]) => [`${owner.project}:${key}`, value]);
      writeFileSync(file, stringify({ config: Object.fromEntries(config) as object }));
      await pulumi({ project, env: {}, onLine: () => undefined, report: () => undefined }, ["stack", "init", stack]);
    });

    after(async () => {
      if (
        (await stacks({ project, env: {}, onLine: () => undefined, report: () => undefined })).some(
          ({ name }) => name === stack,
        )
      ) {
        await run("stack", "rm", "--force", "--yes");
      }
      if (existsSync(file)) {
        rmSync(file);
      }
    });

    it("sees an update's record and its owner, and that destroy removed it", async () => {
      files.records = [handMade];
      await run("up", "--yes", "--skip-preview");
      const records = await zone.ownedRecords();
      assert.deepEqual(
        records.map(({ name, type, content, comment }) => ({ name, type, content, comment })),
        [{ name: `${stack}.previews.example.com`, type: "A", content: "192.0.2.1", comment: dnsComment(owner) }],
      );
      assert.deepEqual(records[0]!.owner, { source: "orders", project: owner.project, pullRequest: 90601 });
      await run("destroy", "--yes", "--skip-preview");
      assert.deepEqual(await zone.ownedRecords(), []);
    });

    it("removes the record of a lost state, and no other", async () => {
      await run("up", "--yes", "--skip-preview");
      await run("stack", "rm", "--force", "--yes");
      const [left, ...others] = await zone.ownedRecords();
      assert.ok(left !== undefined && others.length === 0);
      await zone.delete(left.id);
      assert.deepEqual(await zone.ownedRecords(), []);
      assert.deepEqual(
        files.records.map(({ id }) => id),
        [handMade.id],
      );
    });
  });

  describe("when the provider", () => {
    beforeEach(() => {
      files.records = [handMade, recordOf(1)];
    });

    afterEach(() => files.heal());

    const ids = async () => (await zone.ownedRecords()).map(({ id }) => id);

    it("has more records than a page", async () => {
      files.records = Array.from({ length: 1002 }, (_, index) => recordOf(index + 1));
      assert.equal(new Set(await ids()).size, 1002);
    });

    it("has none", async () => {
      files.records = [];
      assert.deepEqual(await ids(), []);
    });

    it("has no such record any more", async () => {
      await zone.delete(recordOf(2).id);
      assert.equal(files.records.length, 2);
    });

    it("is asked for records one by one, and lacks some", async () => {
      assert.deepEqual(await zone.gone([recordOf(1).id, recordOf(2).id]), [recordOf(2).id]);
      files.inject({ on: "read", status: 500 });
      await assert.rejects(zone.gone([recordOf(2).id]), /answers 500/);
    });

    it("is slow", async () => {
      files.inject({ delayMs: 1_000 });
      assert.deepEqual(await ids(), [recordOf(1).id]);
    });

    it("fails for a moment", async () => {
      files.inject({ on: "list", status: 503, times: 2 }, { on: "delete", status: 500, times: 1 });
      assert.deepEqual(await ids(), [recordOf(1).id]);
      await zone.delete(recordOf(1).id);
      assert.deepEqual(await ids(), []);
    });

    it("keeps failing: nothing is deleted", async () => {
      files.inject({ status: 500, message: "Internal error" });
      await assert.rejects(zone.ownedRecords(), /answers 500 Internal error: it is failing/);
      await assert.rejects(zone.delete(recordOf(1).id), /answers 500/);
      assert.equal(files.records.length, 2);
    });

    it("refuses as a conflict", async () => {
      files.inject({ on: "delete", status: 409, code: 1, message: "Conflict" });
      await assert.rejects(zone.delete(recordOf(1).id), /answers 409 Conflict \(1\)/);
    });

    it("doesn't know the token", async () => {
      const stranger = new Zone(zoneId, { ...cloudflare.env, CLOUDFLARE_API_TOKEN: "another" });
      await assert.rejects(stranger.ownedRecords(), /answers 403 .*CLOUDFLARE_API_TOKEN must be a valid token/);
      await assert.rejects(stranger.delete(recordOf(1).id), /answers 403/);
    });

    it("doesn't know the zone", async () => {
      const nowhere = new Zone("example.com", cloudflare.env);
      await assert.rejects(nowhere.ownedRecords(), /no such zone; set dns\.zoneId/);
      await assert.rejects(nowhere.delete(recordOf(1).id), /no such zone/);
    });

    it("isn't there", async () => {
      const nobody = new Zone(zoneId, { ...cloudflare.env, CLOUDFLARE_BASE_URL: "http://127.0.0.1:1/client/v4" });
      await assert.rejects(nobody.ownedRecords(), /http:\/\/127\.0\.0\.1:1 can't be reached.*ECONNREFUSED/);
    });
  });
});

const handMade = {
  ...{ id: "a".repeat(32), name: "www.example.com", type: "A", content: "192.0.2.2", ttl: 1, proxied: false },
  ...{ comment: "made by hand", created_on: "2026-11-24T12:00:00.000000Z" },
};

function recordOf(pullRequest: number): DnsRecord {
  return {
    ...handMade,
    id: pullRequest.toString(16).padStart(32, "0"),
    name: `pr-${pullRequest}.previews.example.com`,
    comment: dnsComment({ ...owner, pullRequest }),
  };
}
