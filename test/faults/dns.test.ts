import assert from "node:assert/strict";
import { execa } from "execa";
import { dnsComment, type Receipt, type SettingsInput } from "../../contract";
import { type DnsFault, type DnsRecord, DnsZone } from "../doubles/dns-zone";
import { CloudflareStandIn } from "../doubles/cloudflare";
import { eventually } from "../engine/http";
import { kubectl } from "../engine/kubectl";
import { Preview } from "../engine/preview";
import { isWhole } from "../extent";
import { faultTest } from "./fault";
import { closes, command, leftOf, smallProduct } from "./small-preview";
import { variables } from "./variables";

/** In its own zone, so that its faults affect no other test. */
describe("a DNS provider that fails", () => {
  const number = 90400;
  const zoneId = "b".repeat(32);
  const preview = new Preview(number);
  const other = dnsComment({ project: "another", product: "shop", repository: "", pullRequest: number });
  let cloudflare: CloudflareStandIn;
  let zone: DnsZone;
  let product: SettingsInput;
  let restore: () => void;

  before(async () => {
    product = { ...(await smallProduct()), dns: { zoneId, type: "A", target: "127.0.0.1" } };
    cloudflare = await CloudflareStandIn.start();
    zone = new DnsZone(cloudflare.folder, zoneId);
    restore = variables(cloudflare.env);
  });
  beforeEach(() => preview.init(product));
  afterEach(async () => {
    zone.heal();
    await preview.close();
    await kubectl("delete", "namespace", preview.namespace, "--ignore-not-found");
    zone.records = [];
  });
  after(async () => {
    restore?.();
    await cloudflare?.stop();
  });

  const run = (action: "up" | "close") => command([action, String(number), "--json"]);

  async function comesUp(): Promise<string> {
    const { exitCode, stderr } = await run("up");
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(names(), [preview.names.host]);
    return stderr;
  }

  async function fails(action: "up" | "close", ...says: RegExp[]): Promise<void> {
    const { exitCode, stderr } = await run(action);
    assert.notEqual(exitCode, 0);
    says.forEach((words) => assert.match(stderr, words));
  }

  async function isGone(): Promise<string[]> {
    await closes(number);
    return [...(await leftOf(preview, number)), ...names()];
  }

  const own = () => zone.records.filter(({ comment }) => comment !== other && comment !== undefined);
  const names = () => own().map(({ name }) => name);
  const foreign = (more: Partial<DnsRecord>): DnsRecord => ({
    ...{ id: "f".repeat(32), name: preview.names.host, type: "A", content: "192.0.2.1", ttl: 1, proxied: false },
    ...{ created_on: "2026-11-24T12:00:00.000000Z", ...more },
  });

  /** The first command hits the fault and reports it; the second runs without it, or recovers. */
  function refusal(fault: string, faults: DnsFault[], ...says: RegExp[]): void {
    faultTest(`DNS: ${fault}, at up`, 1, async ({ recover, left }) => {
      zone.inject(...faults);
      await fails("up", ...says);
      zone.heal();
      await recover(async () => void (await comesUp()));
      left(await isGone());
    });
  }

  faultTest("DNS: record deleted by hand", 2, async ({ recover, left }) => {
    await comesUp();
    zone.records = [];
    await recover(async () => assert.match(await comesUp(), /the DNS record is gone: recreating it/));
    zone.records = [];
    await recover(async () => left(await isGone()));
  });

  if (isWhole) {
    refusal(
      "5xx for ever",
      [{ status: 503 }],
      /the DNS record is not checked: Cloudflare, .* answers 503/,
      /dns_records\\?": 503 [^]*Cloudflare is failing or refusing requests: see .*, then run the same command again/,
    );

    faultTest("DNS: 5xx for ever, at close", 1, async ({ recover, left }) => {
      await comesUp();
      zone.inject({ on: "delete", status: 500 });
      await fails("close", /Cloudflare is failing or refusing requests: .*run the same command again/);
      assert.equal(preview.exists(), true);
      zone.inject({ on: "list", status: 500 });
      await fails("close", /nothing was changed: Cloudflare, .* answers 500 .*: it is failing; see/);
      assert.equal(preview.exists(), true);
      zone.heal();
      await recover(async () => left(await isGone()));
    });

    faultTest("DNS: record that no state has", 1, async ({ recover, left }) => {
      const coming = run("up");
      zone.inject({ on: "create", delayMs: 3000, times: 1 });
      // The plugin creates the record while the program that would record it is stopped and killed.
      const pulumi = await eventually(async () => {
        assert.equal(zone.faults.length, 0);
        const { stdout } = await execa("pgrep", ["-P", String(coming.pid), "-x", "pulumi"]);
        return Number(stdout);
      });
      process.kill(pulumi, "SIGSTOP");
      await eventually(() => {
        assert.equal(names().length, 1);
        return Promise.resolve();
      });
      process.kill(pulumi, "SIGKILL");
      process.kill(-coming.pid!, "SIGKILL");
      await coming;
      await recover(async () => assert.match(await comesUp(), /was created by a run that couldn't save its state/));
      left(await isGone());
    });

    faultTest("DNS: another preview's record for the host", 1, async ({ recover, left }) => {
      zone.records = [foreign({ comment: other })];
      await fails("up", /belongs to another owner, and nothing was changed: .*"preview-stack: shop .*another prefix/);
      assert.equal(await kubectl("get", "namespace", preview.namespace, "--ignore-not-found"), "");
      assert.deepEqual(zone.records, [foreign({ comment: other })]);
      zone.records = [];
      await recover(async () => void (await comesUp()));
      left(await isGone());
    });

    faultTest("DNS: a record created by hand for the host", 1, async ({ recover, left }) => {
      // Another address, which Cloudflare would accept next to the preview's.
      const byHand = foreign({});
      zone.records = [byHand];
      await fails("up", /\(A 192\.0\.2\.1\) belongs to another owner, and nothing was changed: no preview created it/);
      assert.equal(await kubectl("get", "namespace", preview.namespace, "--ignore-not-found"), "");
      left(await isGone());
      assert.deepEqual(zone.records, [byHand]);
      zone.records = [];
      await preview.init(product);
      await recover(async () => void (await comesUp()));
      left(await isGone());
    });

    faultTest("DNS: fails after everything else is gone", 1, async ({ recover, left }) => {
      await comesUp();
      zone.inject({ on: "delete", delayMs: 3000 });
      const closing = run("close");
      await eventually(async () =>
        assert.equal(await kubectl("get", "pods", "-n", preview.namespace, "--ignore-not-found", "-o", "name"), ""),
      );
      zone.inject({ on: "list", status: 500 });
      await recover(async () => {
        const { exitCode, stdout, stderr } = await closing;
        assert.equal(exitCode, 1, stderr);
        const { dnsRecords, namespace } = (JSON.parse(stdout) as Receipt).seen;
        assert.equal(namespace.state, "gone");
        assert.equal(dnsRecords.state, "not checked");
      });
      zone.heal();
      left([...(await leftOf(preview, number)), ...names()]);
    });

    refusal(
      "409 once",
      [{ on: "create", status: 409, code: 1, message: "Conflict", times: 1 }],
      /409 Conflict[^]*Cloudflare is failing or refusing requests/,
    );

    faultTest("DNS: the lifecycle's own requests fail twice", 2, async ({ recover, left }) => {
      zone.inject({ on: "list", status: 502, times: 2 });
      await recover(async () => assert.doesNotMatch(await comesUp(), /record is not checked/));
      zone.inject({ on: "list", status: 502, times: 2 });
      await recover(async () => left(await isGone()));
    });

    faultTest("DNS: 10 s for each answer", 2, async ({ recover, left }) => {
      zone.inject({ delayMs: 10_000 });
      await recover(async () => void (await comesUp()));
      await recover(async () => void (await closes(number)));
      zone.heal();
      left([...(await leftOf(preview, number)), ...names()]);
    });
  }
});
