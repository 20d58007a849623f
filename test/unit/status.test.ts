import assert from "node:assert/strict";
import fc from "fast-check";
import { ownerLabels } from "../../contract";
import type { PullRequest } from "../../clients/code-host";
import { statusAsJson, statusAsText } from "../../cli/commands/status";
import { ageOf, duration, relative } from "../../cli/output/duration";
import { foundIn, type Found } from "../../lifecycle/inventory/found";
import { type Pod, requestsOf, problemsOf } from "../../lifecycle/status/pods";
import { type Seen, statusOf } from "../../lifecycle/status/status-of";
import { shaOf } from "../doubles/github";
import { containerStatus, metadata } from "./kubernetes-objects";

const now = new Date("2026-11-24T12:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3600_000).toISOString();
const site = {
  owner: { project: "preview", product: "orders", repository: "myorg/orders" },
  prefix: "",
  domain: "previews.example.com",
};

interface PodOptions {
  readonly phase?: string;
  readonly ready?: boolean;
  readonly waiting?: string;
  readonly unschedulable?: boolean;
  readonly ending?: boolean;
  readonly requests?: { cpu?: string; memory?: string };
}

function pod(
  part: string,
  { phase = "Running", ready, waiting, unschedulable, ending, requests }: PodOptions = {},
): Pod {
  return {
    metadata: metadata({
      name: part,
      labels: { "app.kubernetes.io/name": part },
      ...(ending === true && { deletionTimestamp: hours(0) }),
    }),
    spec: { containers: [{ name: part, image: "reg.io/api:1", resources: { requests } }] },
    status: {
      phase,
      conditions: [
        { type: "PodScheduled", status: unschedulable ? "False" : "True", reason: unschedulable && "Unschedulable" },
        { type: "Ready", status: (ready ?? (phase === "Running" && waiting === undefined)) ? "True" : "False" },
      ].map(({ reason, ...condition }) => ({ ...condition, ...(reason && { reason }) })),
      containerStatuses: [
        containerStatus({ name: part, state: waiting === undefined ? {} : { waiting: { reason: waiting } } }),
      ],
    },
  };
}

const gated = (own: Pod, waiting: string): Pod => ({
  ...own,
  status: {
    ...own.status,
    initContainerStatuses: [containerStatus({ name: "gate", state: { waiting: { reason: waiting } } })],
  },
});

const healthy = [pod("api"), pod("web"), pod("db"), pod("migration", { phase: "Succeeded" })];
const without = (part: string) =>
  healthy.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] !== part);

const pull = (more: Partial<PullRequest> = {}): PullRequest => ({
  number: 7,
  state: "open",
  merged: false,
  headSha: shaOf("7"),
  branch: "main",
  body: "",
  updatedAt: new Date("2026-11-24T00:00:00Z"),
  fork: false,
  labels: [],
  url: "https://github.com/myorg/orders/pull/7",
  ...more,
});

interface FoundOptions {
  readonly notes?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly terminating?: boolean;
  readonly stacks?: readonly string[];
}

function found({ notes, labels, terminating = false, stacks = ["pr-7"] }: FoundOptions = {}): Found {
  const namespace = {
    name: "pr-7",
    labels: labels ?? ownerLabels({ ...site.owner, pullRequest: 7 }),
    annotations: { "preview-stack/sha": shaOf("7"), "preview-stack/expires": hours(14 * 24), ...notes },
    created: hours(-30),
    terminating,
  };
  return foundIn({ stacks, namespaces: [namespace], records: [] }, site)[0]!;
}

const seen = (more: Partial<Seen> = {}): Seen => ({
  found: found(),
  url: "https://pr-7.previews.example.com",
  hasCluster: true,
  answer: pull(),
  answers: { said: "200", serves: "yes" },
  pods: healthy,
  ...more,
});

describe("status", () => {
  describe("tells times", () => {
    const table: [number, string][] = [
      [0, "0s"],
      [59_999, "59s"],
      [60_000, "1m"],
      [3_599_999, "59m"],
      [3_600_000, "1h"],
      [24 * 3_600_000 - 1, "23h"],
      [24 * 3_600_000, "1d"],
      [400 * 24 * 3_600_000, "400d"],
    ];
    for (const [milliseconds, text] of table) {
      it(`${milliseconds} ms as ${text}`, () => assert.equal(duration(milliseconds), text));
    }

    it("rounded down, by less than a unit", () => {
      const sizes: Record<string, number> = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 };
      fc.assert(
        fc.property(fc.nat(1e12), (milliseconds) => {
          const [, count, unit] = /^(\d+)([smhd])$/.exec(duration(milliseconds))!;
          const told = Number(count) * sizes[unit!]!;
          assert.ok(told <= milliseconds && milliseconds < told + sizes[unit!]!);
        }),
      );
    });

    it("of age and expiry, even with a clock that is behind", () => {
      assert.equal(ageOf(hours(-30), now), "1d");
      assert.equal(ageOf(hours(1), now), "0s");
      assert.equal(relative(hours(14 * 24), now), "in 14d");
      assert.equal(relative(hours(-3), now), "3h ago");
      assert.equal(relative("never", now), "never");
    });
  });

  describe("of the pods", () => {
    it("adds up the requests of those that haven't ended", () => {
      const pods = [
        pod("api", { requests: { cpu: "50m", memory: "160Mi" } }),
        pod("db", { requests: { cpu: "1", memory: "1Gi" } }),
        pod("web"),
        pod("migration", { phase: "Succeeded", requests: { cpu: "50m", memory: "160Mi" } }),
      ];
      assert.deepEqual(requestsOf(pods), { cpu: 1.05, memory: 1184 * 2 ** 20 });
      assert.deepEqual(requestsOf([]), { cpu: 0, memory: 0 });
      const three = ["api", "web", "db"].map((part) => pod(part, { requests: { cpu: "50m" } }));
      assert.deepEqual(requestsOf(three), { cpu: 0.15, memory: 0 });
    });

    const table: [string, readonly Pod[], string[]][] = [
      ["nothing when all pods are healthy", healthy, []],
      [
        "an image that can't be pulled",
        [...without("web"), pod("web", { waiting: "ImagePullBackOff" })],
        ["web: ImagePullBackOff"],
      ],
      [
        "the same during an update, while the old pod serves",
        [...healthy, pod("web", { waiting: "ErrImagePull" })],
        ["web: ErrImagePull"],
      ],
      ["a pod that starts next to the one that serves", [...healthy, pod("api", { ready: false })], []],
      [
        "a pod whose gate's image can't be pulled",
        [...without("web"), gated(pod("web", { waiting: "PodInitializing" }), "ImagePullBackOff")],
        ["web: ImagePullBackOff"],
      ],
      ["a pod that starts", [...without("api"), pod("api", { waiting: "ContainerCreating" })], ["api: not ready"]],
      ["a pod that ends", [...without("api"), pod("api", { ending: true })], ["api: no pod"]],
      [
        "no room on any node",
        [...without("db"), pod("db", { phase: "Pending", unschedulable: true })],
        ["db: Unschedulable"],
      ],
      [
        "a migration that failed",
        [...without("migration"), pod("migration", { phase: "Failed" })],
        ["migration: failed"],
      ],
      ["one that is still at work", [...without("migration"), pod("migration", { ready: false })], []],
      ["what an eviction left", [...healthy, pod("api", { phase: "Failed" })], []],
      ["nothing at all", [], ["no pods"]],
    ];
    for (const [name, pods, troubles] of table) {
      it(`names ${name}`, () => assert.deepEqual(problemsOf(pods), troubles));
    }

    it("names what is missing of the parts that there are, and of no others", () => {
      const parts = ["api", "db", "redis", "worker"];
      const pods = [pod("api"), pod("db"), pod("worker", { waiting: "CrashLoopBackOff" })];
      assert.deepEqual(problemsOf(pods, parts), ["redis: no pod", "worker: CrashLoopBackOff"]);
    });
  });

  describe("of a preview says what is wrong:", () => {
    const asleep = { "preview-stack/asleep": "true" };
    const old = { "preview-stack/expires": hours(-24) };
    const unavailable = { said: "503", serves: "no" } as const;
    const guarded = { said: "302 to https://sso.example.com", serves: "maybe" } as const;
    const stale = pull({ headSha: shaOf("7.2") });
    const table: [string, Partial<Seen>, string[]][] = [
      ["nothing", {}, []],
      ["stale", { answer: stale }, ["stale"]],
      ["closed, however stale", { answer: { ...stale, state: "closed" } }, ["pull request closed"]],
      ["unknown to the code host", { answer: "not found" }, ["no such pull request"]],
      ["nothing without a code host", { answer: "no answer" }, []],
      ["expired", { found: found({ notes: old }) }, ["expired"]],
      ["expired, even without a code host", { found: found({ notes: old }), answer: "no answer" }, ["expired"]],
      ["nothing while it is kept", { found: found({ notes: old }), answer: pull({ labels: ["keep"] }) }, []],
      ["nothing within the grace period", { found: found({ notes: { "preview-stack/expires": hours(-1) } }) }, []],
      ["no stack", { found: found({ stacks: [] }) }, ["its stack is missing"]],
      [
        "ending",
        { found: found({ terminating: true }), answers: undefined, pods: undefined },
        ["namespace is being deleted"],
      ],
      ["no answer", { answers: unavailable }, ["host answers 503"]],
      ["pods and host", { answers: unavailable, pods: without("web") }, ["web: no pod", "host answers 503"]],
      ["nothing when ready pods are behind a login", { answers: guarded }, []],
      [
        "an answer that may be the ingress's, without a ready pod",
        { answers: guarded, pods: without("web") },
        ["web: no pod", "host answers 302 to https://sso.example.com"],
      ],
      [
        "an answer that may be the ingress's, when the pods couldn't be checked",
        { answers: guarded, pods: "not checked" },
        ["host answers 302 to https://sso.example.com"],
      ],
      [
        "a part that its record has, and no web where there is none",
        {
          found: found({ notes: { "preview-stack/parts": "api,db,worker" } }),
          pods: without("web"),
          answers: guarded,
        },
        ["worker: no pod"],
      ],
      ["nothing when asleep", { found: found({ notes: asleep }), answers: undefined, pods: [] }, []],
      ["nothing about pods that couldn't be checked", { pods: "not checked" }, []],
      [
        "only that it is another owner's",
        { found: found({ labels: {}, notes: old }), answers: undefined, pods: undefined },
        ["belongs to another owner"],
      ],
    ];
    for (const [name, more, wrong] of table) {
      it(name, () => assert.deepEqual(statusOf(seen(more), now).wrong, wrong));
    }

    it("what is left of one without a namespace, if the cluster was checked", () => {
      const lists = { namespaces: [], records: [] };
      const onlyStack = foundIn({ ...lists, stacks: ["pr-7"] }, site)[0]!;
      const more = { found: onlyStack, answers: undefined, pods: undefined };
      assert.deepEqual(statusOf(seen(more), now).wrong, ["there is no namespace"]);
      assert.deepEqual(statusOf(seen({ ...more, hasCluster: false }), now).wrong, []);
    });
  });

  it("doesn't report as missing what couldn't be checked", () => {
    const unknown = statusOf(
      seen({
        found: foundIn({ stacks: ["pr-7"], namespaces: [], records: [] }, site)[0]!,
        hasCluster: false,
        answer: "no answer",
        pods: undefined,
      }),
      now,
    );
    const { state, sha, head, created, expires, requests } = unknown;
    assert.deepEqual([...new Set([state, sha, head, created, expires, requests])], ["not checked"]);
    const owned = statusOf(seen({ found: found({ labels: {} }), pods: undefined, answers: undefined }), now);
    assert.deepEqual(
      [owned.sha, owned.created, owned.requests, owned.health],
      [undefined, undefined, undefined, undefined],
    );
  });

  it("prints one line for each preview, or JSON", () => {
    const sleeping = seen({
      found: found({ notes: { "preview-stack/asleep": "true" } }),
      answers: undefined,
      pods: [],
    });
    const previews = [seen({ answer: pull({ headSha: shaOf("7.2") }) }), sleeping].map((one) => statusOf(one, now));
    const [, header, , first, second] = statusAsText(previews, now)
      .split("\n")
      .map((line) =>
        line
          .split("│")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    assert.deepEqual(header, [
      "preview",
      "pull request",
      "deployed",
      "head",
      "health",
      "age",
      "expires",
      "cpu",
      "memory",
      "what is wrong",
    ]);
    const [deployed, head] = [shaOf("7").slice(0, 7), shaOf("7.2").slice(0, 7)];
    assert.deepEqual(first, ["pr-7", "open", deployed, head, "200", "1d", "in 14d", "0", "0Mi", "stale"]);
    assert.deepEqual(second, ["pr-7", "open", deployed, deployed, "asleep", "1d", "in 14d", "0", "0Mi", ""]);
    assert.equal(statusAsText([], now), "there are no previews");
    const narrow = statusAsText(previews, now, 80).split("\n");
    assert.ok(
      narrow.every((line) => line.length <= 80),
      narrow.join("\n"),
    );
    assert.match(narrow[1]!, /preview .* pull request .* health .* what is wrong/);
    const { format, previews: listed } = JSON.parse(statusAsJson(previews, now)) as {
      format: string;
      previews: object[];
    };
    assert.equal(format, "preview-stack/status/v1");
    assert.deepEqual(listed[1], JSON.parse(JSON.stringify(previews[1])));
  });
});
