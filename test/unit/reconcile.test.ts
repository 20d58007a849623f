import assert from "node:assert/strict";
import fc from "fast-check";
import { dnsComment, ownerLabels } from "../../contract";
import type { PullRequest } from "../../clients/code-host";
import { asJson, notUpdated, planAsText } from "../../cli/commands/reconcile";
import { foundIn, type Lists, type Site } from "../../lifecycle/inventory/found";
import { carryOut, type Effects, type Outcome } from "../../lifecycle/reconcile/carry-out";
import type { Answer } from "../../lifecycle/inventory/answer";
import { type Action, candidates, type Facts, isMeant, plan, type Subject } from "../../lifecycle/reconcile/plan";
import { shaOf } from "../doubles/github";

const site: Site = {
  owner: { project: "preview", product: "orders", repository: "myorg/orders" },
  prefix: "",
  domain: "previews.example.com",
};
const now = new Date("2026-11-24T12:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3600_000).toISOString();

const pull = (number: number, more: Partial<PullRequest> = {}): PullRequest => ({
  number,
  state: "open",
  merged: false,
  headSha: shaOf(`${number}`),
  branch: "main",
  body: "",
  updatedAt: new Date(hours(-2)),
  fork: false,
  labels: [],
  url: `https://github.com/myorg/orders/pull/${number}`,
  ...more,
});
const closed = (number: number) => pull(number, { state: "closed" });

const namespace = (number: number, annotations: Record<string, string> = {}, labels?: Record<string, string>) => ({
  name: `pr-${number}`,
  labels: labels ?? ownerLabels({ ...site.owner, pullRequest: number }),
  annotations: { "preview-stack/sha": shaOf(`${number}`), "preview-stack/expires": hours(24), ...annotations },
  created: hours(-24),
  terminating: false,
});
const record = (number: number, owner = site.owner) => ({
  name: `pr-${number}.previews.example.com`,
  comment: dnsComment({ ...owner, pullRequest: number }),
  owner: { pullRequest: number },
});

function factsOf(lists: Partial<Lists>, more: Partial<Facts> = {}): Facts {
  const found = foundIn({ stacks: [], namespaces: [], records: [], ...lists }, site);
  return { found, open: [], answers: new Map(), now, ...more };
}

describe("reconcile", () => {
  describe("finds", () => {
    it("what belongs to a pull request in all three lists, and only that", () => {
      const found = foundIn(
        {
          stacks: ["pr-12", "preview", "pr-7", "pr-x", "xpr-7"],
          namespaces: [namespace(7), { ...namespace(7), name: "kube-system" }, { ...namespace(7), name: "shop-pr-7" }],
          records: [record(9), record(7), record(8, { ...site.owner, project: "other" })],
        },
        site,
      );
      assert.deepEqual(
        found.map(({ pullRequest, hasStack, namespace: own, records }) => [
          pullRequest,
          hasStack,
          own !== undefined,
          records,
        ]),
        [
          [7, true, true, ["pr-7.previews.example.com"]],
          [9, false, false, ["pr-9.previews.example.com"]],
          [12, true, false, []],
        ],
      );
    });

    it("only namespaces with the product's prefix", () => {
      const prefixed = { ...site, prefix: "shop" };
      const lists = { stacks: [], namespaces: [namespace(7), { ...namespace(8), name: "shop-pr-8" }], records: [] };
      assert.deepEqual(
        foundIn(lists, prefixed).map(({ name }) => name),
        ["shop-pr-8"],
      );
    });

    describe("those that it is asked about", () => {
      const paired = (pull: number, more = {}) => {
        const one = { repository: "myorg/backend", ref: { pull }, commit: shaOf("b"), image: "api:b", ...more };
        return { "preview-stack/pair": JSON.stringify({ api: one }) };
      };
      const { found } = factsOf({
        stacks: ["pr-1", "pr-6"],
        namespaces: [
          namespace(1),
          namespace(2, paired(515)),
          namespace(3, paired(515)),
          namespace(4, paired(516)),
          namespace(5, paired(515, { merged: true })),
        ],
      });
      const dependsOn = { repository: "MyOrg/Backend", pull: 515 };
      const table: [what: string, subject: Subject, expected: number[]][] = [
        ["all", {}, [1, 2, 3, 4, 5, 6]],
        ["one", { only: 2 }, [2]],
        ["one without a preview", { only: 9 }, []],
        ["two previews on one pull request, which is named as GitHub compares names", { dependsOn }, [2, 3]],
        ["nobody's pull request", { dependsOn: { ...dependsOn, pull: 517 } }, []],
        ["another repository's of that number", { dependsOn: { ...dependsOn, repository: "myorg/other" } }, []],
        ["one, if it is paired", { only: 4, dependsOn }, []],
      ];
      for (const [what, subject, expected] of table) {
        it(what, () => {
          const meant = found.filter((one) => isMeant(one, subject)).map(({ pullRequest }) => pullRequest);
          assert.deepEqual(meant, expected);
        });
      }
    });
  });

  describe("decides", () => {
    const all = { stacks: ["pr-7"], namespaces: [namespace(7)], records: [record(7)] };
    const old = { "preview-stack/sha": shaOf("old"), "preview-stack/web": `web@sha256:${"0".repeat(64)}` };
    const stale = {
      ...all,
      namespaces: [namespace(7, { ...old, "preview-stack/api": `api:${shaOf("old")}@sha256:${"1".repeat(64)}` })],
    };
    const unknown = { ...all, namespaces: [namespace(7, { ...old, "preview-stack/api": `api:${shaOf("other")}` })] };
    const expired = { ...all, namespaces: [namespace(7, { "preview-stack/expires": hours(-3) })] };
    const answer = (it: Answer) => new Map([[7, it]]);
    const table: [name: string, facts: Facts, action: Action, reason: RegExp][] = [
      ["open and up to date", factsOf(all, { open: [pull(7)] }), "nothing", /open, deployed with its head/],
      [
        "asleep",
        factsOf({ ...all, namespaces: [namespace(7, { "preview-stack/asleep": "true" })] }, { open: [pull(7)] }),
        "nothing",
        /asleep/,
      ],
      ["stale", factsOf(stale, { open: [pull(7)] }), "redeploy", /^stale: deployed 6f6c640, head 3700000$/],
      [
        "stale, with images that tell no commit",
        factsOf(unknown, { open: [pull(7)] }),
        "report",
        /stale: deployed 6f6c640, head 3700000; deploy it with preview up 7/,
      ],
      [
        "stale, but pushed lately",
        factsOf(stale, { open: [pull(7, { updatedAt: new Date(hours(-0.9)) })] }),
        "report",
        /so its own run may still be deploying/,
      ],
      ["stale, of a fork", factsOf(stale, { open: [pull(7, { fork: true })] }), "report", /after an approval/],
      ["closed", factsOf(all, { answers: answer(closed(7)) }), "close", /is closed/],
      ["merged", factsOf(all, { answers: answer(pull(7, { state: "closed", merged: true })) }), "close", /is merged/],
      ["closed but in a list", factsOf(all, { open: [pull(7)], answers: answer(closed(7)) }), "nothing", /open/],
      ["missing in the list, but open", factsOf(all, { answers: answer(pull(7)) }), "nothing", /open/],
      ["not found", factsOf(all, { answers: answer("not found") }), "report", /doesn't prove that it is closed/],
      ["no answer", factsOf(all, { answers: answer("no answer") }), "report", /didn't answer/],
      ["never asked", factsOf(all), "report", /didn't answer/],
      ["no list", factsOf(all, { open: undefined, answers: answer(closed(7)) }), "report", /couldn't be asked/],
      ["expired", factsOf(expired, { open: [pull(7)], answers: answer(pull(7)) }), "close", /expired 2026-11-24T09/],
      ["expired, not asked", factsOf(expired, { open: [pull(7)] }), "report", /didn't answer/],
      ["expired and kept", factsOf(expired, { open: [pull(7, { labels: ["keep"] })] }), "nothing", /open/],
      [
        "expired, kept since",
        factsOf(expired, { open: [pull(7)], answers: answer(pull(7, { labels: ["keep"] })) }),
        "nothing",
        /open/,
      ],
      [
        "closed and kept",
        factsOf(all, { answers: answer(pull(7, { state: "closed", labels: ["keep"] })) }),
        "close",
        /is closed/,
      ],
      [
        "expired by a clock that is an hour ahead",
        factsOf({ ...all, namespaces: [namespace(7, { "preview-stack/expires": hours(-1) })] }, { open: [pull(7)] }),
        "nothing",
        /open/,
      ],
      [
        "an expiry that can't be read",
        factsOf({ ...all, namespaces: [namespace(7, { "preview-stack/expires": "soon" })] }, { open: [pull(7)] }),
        "nothing",
        /open/,
      ],
      [
        "a namespace without a stack, closed",
        factsOf({ namespaces: [namespace(7)] }, { answers: answer(closed(7)) }),
        "close",
        /is closed/,
      ],
      [
        "a namespace without a stack, open",
        factsOf({ namespaces: [namespace(7)] }, { open: [pull(7)] }),
        "report",
        /its stack is missing; preview close 7/,
      ],
      [
        "a record alone, closed",
        factsOf({ records: [record(7)] }, { answers: answer(closed(7)) }),
        "close",
        /is closed/,
      ],
      ["a record alone, open", factsOf({ records: [record(7)] }, { open: [pull(7)] }), "report", /only a DNS record/],
      ["a stack alone, closed", factsOf({ stacks: ["pr-7"] }, { answers: answer(closed(7)) }), "close", /is closed/],
      [
        "a stack alone, open",
        factsOf({ stacks: ["pr-7"] }, { open: [pull(7)] }),
        "report",
        /if it has, run preview up 7/,
      ],
      [
        "being deleted, open",
        factsOf({ ...all, namespaces: [{ ...namespace(7), terminating: true }] }, { open: [pull(7)] }),
        "report",
        /being deleted/,
      ],
      [
        "a namespace that lost its labels, closed",
        factsOf({ ...all, namespaces: [namespace(7, {}, {})] }, { answers: answer(closed(7)) }),
        "report",
        /belongs to another owner: it was not created by this tool/,
      ],
      [
        "another product's namespace, closed",
        factsOf(
          { ...all, namespaces: [namespace(7, {}, ownerLabels({ ...site.owner, product: "shop", pullRequest: 7 }))] },
          { answers: answer(closed(7)) },
        ),
        "report",
        /belongs to another owner: .*product is shop/,
      ],
    ];
    for (const [name, facts, action, reason] of table) {
      it(name, () => {
        const { rows } = plan(facts, 10);
        assert.equal(rows.length, 1);
        assert.equal(rows[0]?.action, action);
        assert.match(rows[0]?.reason ?? "", reason);
      });
    }

    it("to close none when that would exceed the cap, and says how to raise it", () => {
      const numbers = [1, 2, 3];
      const facts = factsOf(
        { stacks: numbers.map((number) => `pr-${number}`) },
        { answers: new Map(numbers.map((number) => [number, closed(number)])) },
      );
      const { rows, isOverCap } = plan(facts, 2);
      assert.equal(isOverCap, true);
      assert.deepEqual(new Set(rows.map(({ action }) => action)), new Set(["report"]));
      assert.match(rows[0]?.reason ?? "", /3 previews would be closed, more than the cap of 2; --max-closings 3/);
      assert.equal(plan(facts, 3).rows[0]?.action, "close");
    });
  });

  describe("always", () => {
    const number = fc.integer({ min: 1, max: 8 });
    const pulls = fc.record({
      state: fc.constantFrom("open" as const, "closed" as const),
      merged: fc.boolean(),
      headSha: fc.constantFrom(...["1", "2", "3"].map(shaOf)),
      fork: fc.boolean(),
      labels: fc.subarray(["keep", "bug"]),
    });
    const answers = fc.oneof(pulls, fc.constantFrom("not found" as const, "no answer" as const));
    const labels = fc.constantFrom(undefined, {}, ownerLabels({ ...site.owner, product: "shop", pullRequest: 7 }));
    const annotations = fc.record(
      {
        "preview-stack/sha": fc.constantFrom(...["1", "2", "3"].map(shaOf)),
        "preview-stack/expires": fc.constantFrom(hours(-1000), hours(-1), hours(1), "soon"),
        "preview-stack/asleep": fc.constantFrom("true", "false"),
        "preview-stack/api": fc.constantFrom(...["1", "2", "x"].map((commit) => `api:${shaOf(commit)}`)),
        "preview-stack/web": fc.constantFrom(`web@sha256:${"0".repeat(64)}`),
      },
      { requiredKeys: [] },
    );
    const lists = fc.record({
      stacks: fc.uniqueArray(number).map((all) => all.map((one) => `pr-${one}`)),
      namespaces: fc
        .uniqueArray(fc.tuple(number, annotations, labels, fc.boolean()), { selector: ([one]) => one })
        .map((all) => all.map(([one, notes, own, terminating]) => ({ ...namespace(one, notes, own), terminating }))),
      records: fc.array(number).map((all) => all.map((one) => record(one))),
    });
    const world = fc.record({
      lists,
      open: fc.option(
        fc
          .uniqueArray(fc.tuple(number, pulls), { selector: ([one]) => one })
          .map((all) => all.map(([one, it]) => pull(one, { ...it, state: "open" }))),
        { nil: undefined },
      ),
      answers: fc
        .array(fc.tuple(number, answers))
        .map((all) => new Map(all.map(([one, it]) => [one, typeof it === "string" ? it : pull(one, it)]))),
    });
    type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;
    const facts = ({ lists: all, ...rest }: Omit<World, "lists"> & { lists: Lists }) => factsOf(all, rest);
    const isExpired = (expires?: string) => expires === hours(-1000);

    it("closes only what the code host says is closed, or what has expired and isn't kept", () => {
      let closings = 0;
      fc.assert(
        fc.property(world, (it) => {
          for (const row of plan(facts(it), 100).rows.filter(({ action }) => action === "close")) {
            closings += 1;
            const answer = it.answers.get(row.pullRequest);
            assert.ok(it.open !== undefined && typeof answer === "object");
            assert.ok(
              answer.state === "closed" ||
                (isExpired(row.namespace?.record.expires) && !answer.labels.includes("keep")),
            );
            assert.equal(row.foreign, undefined);
            assert.ok(candidates(facts(it)).includes(row.pullRequest));
          }
        }),
        { numRuns: 2000 },
      );
      assert.ok(closings > 100, "the property was hardly tried");
    });

    it("keeps to the cap, and closes nothing beyond it", () => {
      fc.assert(
        fc.property(world, fc.nat(4), (it, cap) => {
          const count = (limit: number) =>
            plan(facts(it), limit).rows.filter(({ action }) => action === "close").length;
          assert.equal(count(cap), count(100) <= cap ? count(100) : 0);
        }),
        { numRuns: 1000 },
      );
    });

    it("deploys only the head of an open pull request that isn't from a fork and has a preview", () => {
      fc.assert(
        fc.property(world, (it) => {
          for (const row of plan(facts(it), 100).rows.filter(({ commit }) => commit !== undefined)) {
            assert.equal(row.action, "redeploy");
            // The single pull request was read after the list.
            const known = candidates(facts(it)).includes(row.pullRequest)
              ? it.answers.get(row.pullRequest)
              : it.open?.find((one) => one.number === row.pullRequest);
            assert.ok(typeof known === "object" && known.state === "open" && !known.fork);
            assert.equal(known.headSha, row.commit!.sha);
            assert.ok(row.namespace !== undefined && row.hasStack);
          }
        }),
        { numRuns: 1000 },
      );
    });

    it("moves every image of the former commit to the head, a service's too", () => {
      const old = shaOf("old");
      const notes = {
        "preview-stack/sha": old,
        "preview-stack/api": `api:${old}`,
        "preview-stack/image.collab": `reg.io/collab:sha-${old}`,
        "preview-stack/image.tika": `reg.io/tika@sha256:${"0".repeat(64)}`,
      };
      const facts = factsOf({ stacks: ["pr-7"], namespaces: [namespace(7, notes)] }, { open: [pull(7)] });
      assert.deepEqual(plan(facts, 1).rows[0]!.commit, {
        sha: shaOf("7"),
        images: {
          api: `api:${shaOf("7")}`,
          collab: `reg.io/collab:sha-${shaOf("7")}`,
          tika: `reg.io/tika@sha256:${"0".repeat(64)}`,
        },
      });
    });

    it("makes the same plan whatever the order of the lists", () => {
      const shuffled = world.chain((it) =>
        fc
          .tuple(
            ...[it.lists.stacks, it.lists.namespaces, it.lists.records, it.open ?? []].map((all) =>
              fc.shuffledSubarray<unknown>(all as unknown[], { minLength: all.length }),
            ),
          )
          .map(([stacks, namespaces, records, open]) => ({
            it,
            other: {
              ...it,
              lists: { stacks, namespaces, records } as Lists,
              open: it.open && (open as PullRequest[]),
            },
          })),
      );
      fc.assert(
        fc.property(shuffled, ({ it, other }) => {
          assert.equal(planAsText(plan(facts(other), 5)), planAsText(plan(facts(it), 5)));
        }),
      );
    });

    it("closes previews one by one, and only those whose pull request is still closed at their turn", async () => {
      await fc.assert(
        fc.asyncProperty(world, fc.array(answers, { minLength: 8, maxLength: 8 }), async (it, later) => {
          const all = facts(it);
          const planned = plan(all, 100);
          const asked: number[] = [];
          const done: number[] = [];
          const answer = (one: number): Answer => {
            const then = later[one - 1]!;
            return typeof then === "string" ? then : pull(one, then);
          };
          const effects: Effects = {
            ask: (one) => Promise.resolve(answer((asked.push(one), one))),
            close: async (one, confirm) => {
              await confirm(all.found.find(({ pullRequest }) => pullRequest === one)?.namespace?.record);
              done.push(one);
            },
            redeploy: () => Promise.resolve(undefined),
          };
          await carryOut(planned, all, effects, { report: () => undefined, freshFor: 0 });
          const closings = planned.rows.filter(({ action }) => action === "close");
          assert.deepEqual(
            asked,
            closings.map(({ pullRequest }) => pullRequest),
          );
          const expected = closings.filter(({ pullRequest, namespace: own }) => {
            const then = answer(pullRequest);
            return (
              typeof then === "object" &&
              (then.state === "closed" || (isExpired(own?.record.expires) && !then.labels.includes("keep")))
            );
          });
          assert.deepEqual(
            done,
            expected.map(({ pullRequest }) => pullRequest),
          );
        }),
        { numRuns: 500 },
      );
    });
  });

  describe("comments", () => {
    const old = { "preview-stack/sha": shaOf("old"), "preview-stack/api": `api:${shaOf("old")}` };
    const changes = new Map([
      [1, { stuck: "depends on myorg/backend#515, which was closed" }],
      [2, { moved: "myorg/backend#515 has moved" }],
    ]);
    const planned = plan(
      factsOf(
        {
          stacks: ["pr-1", "pr-2", "pr-3", "pr-4"],
          namespaces: [namespace(1), namespace(2), namespace(3), namespace(4, old)],
        },
        { open: [1, 2, 3, 4].map((number) => pull(number)), changes },
      ),
      10,
    );
    const failed = { outcome: "failed", why: "no node has room" } as const;

    it("why an update failed", () => {
      const outcomes = new Map<number, Outcome>([
        [2, failed],
        [4, { outcome: "done" }],
      ]);
      assert.deepEqual(notUpdated(planned, outcomes), [[2, "no node has room"]]);
    });

    it("why the only preview that it looks at can't be paired", () => {
      assert.deepEqual(notUpdated(planned, new Map(), 1), [[1, "depends on myorg/backend#515, which was closed"]]);
      assert.deepEqual(notUpdated(planned, new Map(), 3), []);
      assert.deepEqual(notUpdated(planned, new Map()), []);
    });
  });

  describe("carries out", () => {
    const facts = factsOf(
      {
        stacks: ["pr-1", "pr-2", "pr-3"],
        namespaces: [
          namespace(3, {
            "preview-stack/sha": shaOf("old"),
            "preview-stack/api": `ghcr.io/myorg/api:sha-${shaOf("old").slice(0, 12)}`,
            "preview-stack/web": `web:${shaOf("other")}`,
          }),
        ],
      },
      {
        open: [pull(3)],
        answers: new Map([
          [1, closed(1)],
          [2, closed(2)],
        ]),
      },
    );
    const said: string[] = [];
    const options = { report: (message: string) => void said.push(message) };

    it("the whole plan, even after a failure, without repeating a request that was just answered", async () => {
      const done: string[] = [];
      const planned = plan(facts, 10);
      const outcomes = await carryOut(
        planned,
        facts,
        {
          ask: () => assert.fail("asked again"),
          close: async (number, confirm) => {
            await confirm(undefined);
            if (number === 1) {
              throw new Error("no cluster");
            }
            done.push(`${number}`);
          },
          redeploy: (number, { sha, images: { api, web } }) =>
            Promise.resolve(void done.push(`${number} ${sha} ${api} ${web}`)),
        },
        options,
      );
      const images = `ghcr.io/myorg/api:sha-${shaOf("3").slice(0, 12)} web:${shaOf("other")}`;
      assert.deepEqual(done, ["2", `3 ${shaOf("3")} ${images}`]);
      assert.deepEqual(outcomes.get(1), { outcome: "failed", why: "no cluster" });
      assert.match(said.join("\n"), /pr-1: close, the pull request is closed\npr-1: failed, no cluster\n/);

      const { previews } = JSON.parse(asJson(planned, outcomes)) as { previews: { outcome?: string }[] };
      assert.deepEqual(
        previews.map(({ outcome }) => outcome),
        ["failed", "done", "done"],
      );
    });

    it("no closing of a preview that was extended while it waited for another run", async () => {
      const expired = factsOf(
        { stacks: ["pr-4"], namespaces: [namespace(4, { "preview-stack/expires": hours(-3) })] },
        { open: [pull(4)], answers: new Map([[4, pull(4)]]) },
      );
      const { record } = expired.found[0]!.namespace!;
      for (const [expires, outcome] of [
        [record.expires, "done"],
        [hours(24), "left alone"],
      ]) {
        const close: Effects["close"] = (_, confirm) => confirm({ ...record, expires });
        const effects: Effects = { ask: () => assert.fail("asked"), close, redeploy: () => assert.fail("redeployed") };
        const outcomes = await carryOut(plan(expired, 10), expired, effects, options);
        assert.equal(outcomes.get(4)?.outcome, outcome);
      }
    });

    it("nothing more once it is interrupted", async () => {
      const never = () => assert.fail("went on");
      const effects = { ask: never, close: never, redeploy: never };
      const outcomes = await carryOut(plan(facts, 10), facts, effects, { ...options, signal: AbortSignal.abort() });
      assert.equal(outcomes.size, 0);
    });
  });
});
