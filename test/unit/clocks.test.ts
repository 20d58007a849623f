import assert from "node:assert/strict";
import fc from "fast-check";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expiryFrom, hasExpired } from "../../contract";
import { earliest, latest } from "../../lifecycle/clocks";
import { codeHost } from "../../clients/code-host";
import { ciFrom } from "../../cli/ci";
import { foundIn } from "../../lifecycle/inventory/found";
import { gatherAnswers } from "../../lifecycle/inventory/gather";
import { plan } from "../../lifecycle/reconcile/plan";
import { waitUntilServing } from "../../clients/http/serving";
import { faults, GitHubStandIn } from "../doubles/github";

const hour = 3600_000;
const silent = () => undefined;

describe("a clock that is off", () => {
  it("closes no preview early as long as one other clock is right", () => {
    const skew = fc.integer({ min: -365 * 24, max: 365 * 24 });
    const at = Date.parse("2026-11-24T12:00:00Z");
    const end = at + 14 * 24 * hour;
    fc.assert(
      fc.property(skew, skew, fc.boolean(), fc.boolean(), (noting, judging, isNotedAlone, isJudgedAlone) => {
        // Where the machine's own clock is right, no other clock is consulted.
        const notedBy = latest(
          new Date(at + (isNotedAlone ? 0 : noting * hour)),
          isNotedAlone ? undefined : new Date(at),
        );
        const judgedBy = earliest(
          new Date(end + (isJudgedAlone ? 0 : judging * hour)),
          isJudgedAlone ? undefined : new Date(end),
        );
        assert.equal(hasExpired({ expires: expiryFrom(notedBy, 14) }, judgedBy), false);
      }),
    );
  });

  describe("at reconcile", () => {
    let github: GitHubStandIn;
    beforeEach(async () => {
      github = await GitHubStandIn.start("myorg/orders");
      github.open(1);
    });
    afterEach(() => github.stop());

    /** Reconciles a preview that expired this many hours ago. */
    async function action(expiredFor: number, { own = 0, codeHosts = 0 }: { own?: number; codeHosts?: number }) {
      github.clockSkew = codeHosts * hour;
      const owner = { project: "preview", product: "orders", repository: "myorg/orders" };
      const labels = {
        "app.kubernetes.io/managed-by": "preview-stack",
        "preview-stack/project": owner.project,
        "preview-stack/product": owner.product,
        "preview-stack/pull-request": "1",
        "preview-stack/repository": "myorg.orders",
      };
      const expires = new Date(Date.now() - expiredFor * hour).toISOString();
      const namespace = {
        name: "pr-1",
        labels,
        annotations: { "preview-stack/expires": expires },
        terminating: false,
        created: expires,
      };
      const lists = { stacks: ["pr-1"], namespaces: [namespace], records: [] };
      const found = foundIn(lists, { owner, prefix: "", domain: "previews.example.com" });
      const host = codeHost(owner.repository, ciFrom(github.env).codeHost, { second: 1, report: silent })!;
      const answers = await gatherAnswers(host, found, new Date(Date.now() + own * hour), silent);
      return plan({ found, ...answers }, 10).rows[0]!.action;
    }

    const cases = [
      [1.5, {}, "nothing"],
      [3, {}, "close"],
      [1.5, { own: 1 }, "nothing"],
      [1.5, { codeHosts: 1 }, "nothing"],
      [-200, { own: 10_000 }, "nothing"],
      [-200, { codeHosts: 10_000 }, "nothing"],
      [3, { own: -24 }, "nothing"],
      [3, { codeHosts: -24 }, "nothing"],
      [30, { codeHosts: -24 }, "close"],
      [30, { own: -24, codeHosts: 5 }, "close"],
    ] as const;
    for (const [expiredFor, clocks, expected] of cases) {
      it(`${expiredFor} h after expiry, clocks off by ${JSON.stringify(clocks)} h: ${expected}`, async () =>
        assert.equal(await action(expiredFor, clocks), expected));
    }
  });

  it("on the code host makes no command wait longer than a minute for its rate limit", async () => {
    for (const skew of [-5, 5]) {
      const github = await GitHubStandIn.start("myorg/orders");
      github.open(1);
      github.clockSkew = skew * hour;
      github.rateLimit = { limit: 5000, remaining: 0, reset: Math.floor(github.now().getTime() / 1000) + 90 };
      const started = performance.now();
      const asked = codeHost("myorg/orders", ciFrom(github.env).codeHost, { second: 1, report: silent })!.pullRequest(
        1,
      );
      await assert.rejects(asked, /rate limit is used up until \S+; try again in 2 min/);
      assert.ok(performance.now() - started < 5000);
      await github.stop();
    }
  });

  it("on the code host isn't reported when there is no answer", async () => {
    const github = await GitHubStandIn.start("myorg/orders");
    github.fail(faults.reset());
    const host = codeHost("myorg/orders", ciFrom(github.env).codeHost, { second: 1, report: silent })!;
    await assert.rejects(host.pullRequest(1));
    assert.equal(host.now(), undefined);
    await github.stop();
  });

  describe("while waiting for a host", () => {
    const { now } = Date;
    let server: Server;
    before(async () => {
      server = createServer((_, response) => response.writeHead(503).end());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
      Date.now = now;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    for (const [jump, name] of [
      [-24, "back"],
      [24, "ahead"],
    ] as const) {
      it(`doesn't change how long the wait takes when it jumps ${name}`, async () => {
        const started = performance.now();
        const wait = waitUntilServing(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
          timeoutMs: 1000,
          report: () => {
            Date.now = () => now() + jump * hour;
          },
        });
        await assert.rejects(wait, /does not serve after 1 s; its last answer was 503/);
        const seconds = (performance.now() - started) / 1000;
        assert.ok(seconds > 0.9 && seconds < 5, `${seconds} s`);
      });
    }
  });
});
