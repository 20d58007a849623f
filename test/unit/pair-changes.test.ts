import assert from "node:assert/strict";
import type { Pair } from "../../contract";
import type { PullRequest } from "../../clients/code-host";
import type { Answer } from "../../lifecycle/inventory/answer";
import { answersAbout, changeOf, followedIn, NotBuilt, type Resolution, waitForPair } from "../../lifecycle/pairs";

const [old, head] = ["a".repeat(40), "b".repeat(40)];
const resolved = { repository: "myorg/backend", ref: { pull: 515 }, commit: old, image: `ghcr.io/myorg/api:${old}` };
const pair: Pair = { api: resolved, collab: { ...resolved, image: `ghcr.io/myorg/collab:${old}` } };
const name = "myorg/backend#515";

const pull = (more: Partial<PullRequest> = {}): PullRequest => ({
  number: 515,
  state: "open",
  merged: false,
  headSha: old,
  branch: "main",
  body: "",
  updatedAt: new Date(0),
  fork: false,
  labels: [],
  url: "https://github.com/myorg/backend/pull/515",
  ...more,
});

describe("what a preview's pair has come to", () => {
  const table: [what: string, answer: Answer, change: RegExp | undefined, isMoved: boolean][] = [
    ["nothing new", pull(), undefined, false],
    [
      "a push, a force-push too",
      pull({ headSha: head }),
      /^myorg\/backend#515 has moved: deployed aaaaaaa, head bbbbbbb$/,
      true,
    ],
    ["a merge", pull({ state: "closed", merged: true }), /^myorg\/backend#515 is merged$/, true],
    [
      "a closing",
      pull({ state: "closed" }),
      /closed without being merged: name another pull request, or remove this one$/,
      false,
    ],
    [
      "a push from a fork",
      pull({ headSha: head, fork: true }),
      /comes from a fork: its commits are never taken$/,
      false,
    ],
    ["no answer", "no answer", /^depends on myorg\/backend#515: the code host didn't answer about it$/, false],
    ["not found", "not found", /the code host has no such pull request, or its token can't see it$/, false],
  ];
  for (const [what, answer, message, isMoved] of table) {
    it(`${what} is ${message === undefined ? "no change" : isMoved ? "deployed" : "reported"}`, () => {
      const change = changeOf(pair, new Map([[name, answer]]));
      assert.equal(change !== undefined && "moved" in change, isMoved);
      const text = change && ("moved" in change ? change.moved : change.stuck);
      assert.ok(message === undefined ? text === undefined : message.test(text!), text);
    });
  }

  it("follows a pull request once, and neither a merged one nor a branch", () => {
    assert.deepEqual(followedIn(pair), [{ repository: "myorg/backend", pull: 515, commit: old, name }]);
    assert.deepEqual(followedIn({ api: { ...resolved, merged: true } }), []);
    assert.deepEqual(followedIn({ api: { ...resolved, ref: { branch: "main" } } }), []);
  });

  it("asks about many pull requests of a repository at once, and about one that isn't open by its number", async () => {
    const numbers = [1, 2, 3, 4, 5];
    const asked: string[] = [];
    const host = {
      openPullRequests: () => {
        asked.push("open");
        return Promise.resolve(numbers.slice(1).map((number) => pull({ number })));
      },
      pullRequest: (number: number) => {
        asked.push(String(number));
        return Promise.resolve(number === 1 ? pull({ number, state: "closed" }) : undefined);
      },
    };
    const followed = numbers.map((number) => ({ repository: "o/r", pull: number, commit: old, name: `o/r#${number}` }));
    const answers = await answersAbout(followed, () => host as never, assert.fail);
    assert.deepEqual(asked, ["open", "1"]);
    assert.deepEqual(
      [...answers].map(([key, answer]) => [key, typeof answer === "object" && answer.state]),
      [["o/r#1", "closed"], ...[2, 3, 4, 5].map((number) => [`o/r#${number}`, "open"])],
    );
    asked.length = 0;
    const one = await answersAbout([{ ...followed[0]!, pull: 9, name: "o/r#9" }], () => host as never, assert.fail);
    assert.deepEqual([asked, one.get("o/r#9")], [["9"], "not found"]);
  });

  it("reports a repository that can't be asked, and counts it as no answer", async () => {
    const reports: string[] = [];
    const refuse = () => {
      throw new Error("no token");
    };
    const answers = await answersAbout(followedIn(pair), refuse, (message) => reports.push(message));
    assert.deepEqual([[...answers], reports], [[[name, "no answer"]], ["no token"]]);
  });
});

describe("waiting for a pair's images", () => {
  const missing: Resolution = { pair: {}, missing: { api: resolved } };
  const there: Resolution = { pair: { api: { ...resolved, commit: head } }, missing: {} };

  it("follows a dependency that is pushed to meanwhile, and says what it waits for", async () => {
    const looks = [missing, missing, there];
    const reports: string[] = [];
    const report = (message: string) => reports.push(message);
    const found = await waitForPair(() => Promise.resolve(looks.shift()!), { waits: true, report, everySeconds: 0 });
    assert.deepEqual(found, there.pair);
    assert.deepEqual(reports, [
      `waiting for the build of ${resolved.image} of myorg/backend#515: 0 of at most 20 minutes`,
    ]);
  });

  it("says again from time to time that it still waits", async () => {
    const looks = [missing, missing, there];
    const reports: string[] = [];
    const report = (message: string) => reports.push(message);
    const options = { waits: true, report, everySeconds: 0.002, noticeSeconds: 0.001 };
    await waitForPair(() => Promise.resolve(looks.shift()!), options);
    assert.equal(reports.length, 2);
  });

  it("gives up in time, and at once if nobody waits", async () => {
    const never = () => Promise.resolve(missing);
    const options = { report: () => undefined, everySeconds: 0.01 };
    await assert.rejects(waitForPair(never, { ...options, waits: true, atMostSeconds: 0.05 }), NotBuilt);
    await assert.rejects(waitForPair(never, { ...options, waits: false }), {
      name: "NotBuilt",
      message: `not built yet: ${resolved.image} of myorg/backend#515; look at that repository's build of this commit`,
    });
  });

  it("ends with Ctrl-C", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    const waiting = waitForPair(() => Promise.resolve(missing), { waits: true, report: () => undefined, signal });
    await assert.rejects(waiting, /interrupted/);
  });
});
