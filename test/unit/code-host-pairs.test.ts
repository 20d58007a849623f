import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../contract";
import { ciFrom } from "../../cli/ci";
import { type CodeHost, RunCodeHosts } from "../../clients/code-host";
import { faults, GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";

const commits = (count: number) => Array.from({ length: count }, (_, index) => shaOf(`m${index + 1}`));
const [m1, m2, m3] = commits(3) as [string, string, string];

describe("code host, for pairs", () => {
  let github: GitHubStandIn;
  let backend: StandInRepository;
  let said: string[];

  beforeEach(async () => {
    github = await GitHubStandIn.start("myorg/orders");
    backend = github.repository("myorg/backend");
    said = [];
    for (const sha of [m1, m2, m3]) {
      backend.commit(sha, { branch: "main" });
    }
  });
  afterEach(() => github.stop());

  const run = (env: NodeJS.ProcessEnv = {}) =>
    new RunCodeHosts(ciFrom({ ...github.env, ...env }).codeHost, {
      second: 1,
      timeoutMs: 500,
      report: (message) => said.push(message),
    });
  const host = (): CodeHost => run().other("myorg/backend");
  const requests = () => github.requests.map(({ line }) => line);

  describe("pull request", () => {
    it("has its description, its branch, and once merged the commit it ended in", async () => {
      backend.open(515, { body: "Depends-On: nothing\r\n", branch: "next" });
      const open = await host().pullRequest(515);
      assert.equal(open?.body, "Depends-On: nothing\r\n");
      assert.equal(open?.branch, "next");
      assert.equal(open?.mergeCommit, undefined);
      assert.equal((await host().openPullRequests())[0]?.mergeCommit, undefined);

      backend.close(515);
      assert.equal((await host().pullRequest(515))?.mergeCommit, undefined);
      backend.close(515, { merged: true });
      assert.equal((await host().pullRequest(515))?.mergeCommit, shaOf("515.merged"));
    });
  });

  describe("file", () => {
    const at = (path: string, maxBytes = 1000, commit = m1) => host().file(path, commit, maxBytes);
    beforeEach(() => {
      backend.commit(m1, {
        parents: [],
        files: {
          "a.yaml": "api: {}\n# é, 文字 and a long line ".padEnd(300, "x"),
          empty: "",
          "docs/how to?#%.md": "found",
          latin1: Buffer.from("é", "latin1"),
          "just-right": "x".repeat(1000),
          "one-more": "x".repeat(1001),
          "2MB": Buffer.alloc(2 * 1024 * 1024, "x"),
          "200MB": { size: 200 * 1024 * 1024 },
          library: { submodule: m2 },
          link: { symlink: "a.yaml" },
          "link-to-folder": { symlink: "docs" },
        },
      });
    });

    for (const [path, expected] of Object.entries({
      empty: { text: "" },
      "docs/how to?#%.md": { text: "found" },
      "just-right": { text: "x".repeat(1000) },
      "one-more": { problem: "too large" },
      "2MB": { problem: "too large" },
      "200MB": { problem: "too large" },
      latin1: { problem: "not text" },
      docs: { problem: "not a file" },
      library: { problem: "not a file" },
      "link-to-folder": { problem: "not a file" },
      "docs/none": undefined,
      none: undefined,
    })) {
      it(`${path}: ${JSON.stringify(expected)?.slice(0, 40)}`, async () => {
        assert.deepEqual(await at(path), expected);
        assert.equal(github.requests.length, 1);
      });
    }

    it("is read as it is at that commit", async () => {
      backend.commit(m2, { parents: [m1], files: { "a.yaml": "later" } });
      assert.deepEqual(await at("a.yaml", 1000, m2), { text: "later" });
      const first = await at("a.yaml");
      assert.match((first as { text: string }).text, /é, 文字/);
      assert.deepEqual(await at("link"), first);
    });

    it("isn't there where the commit isn't", async () => {
      assert.equal(await at("a.yaml", 1000, shaOf("unknown")), undefined);
    });

    it("above 1 MB is too large even if the limit is higher, since the code host gives no content", async () => {
      assert.deepEqual(await at("2MB", 10_000_000), { problem: "too large" });
    });

    it("with more content than its size claims is too large", async () => {
      github.fail((next) => ({ status: 200, body: { ...(next().body as object), size: 5 } }));
      assert.deepEqual(await at("2MB", 1000), { problem: "too large" });
      github.recover();
      github.fail(() => ({
        status: 200,
        body: { type: "file", size: 5, encoding: "base64", content: Buffer.alloc(9000).toString("base64") },
      }));
      assert.deepEqual(await at("a.yaml"), { problem: "too large" });
    });

    for (const wrong of ["main", "", m1.slice(1), `${m1}/..`, m1.toUpperCase().replace("0", "A")]) {
      it(`of the commit ${JSON.stringify(wrong)} isn't asked for`, async () => {
        await assert.rejects(at("a.yaml", 1000, wrong), UserError);
        assert.deepEqual(requests(), []);
      });
    }

    it("is asked for by its ETag the second time in a run", async () => {
      const hosts = run();
      await hosts.other("myorg/backend").file("a.yaml", m1, 1000);
      await hosts.other("MyOrg/Backend").file("a.yaml", m1, 1000);
      assert.deepEqual(
        github.requests.map(({ status }) => status),
        [200, 304],
      );
    });
  });

  describe("first parents", () => {
    it("are the branch's own commits, newest first, in one request", async () => {
      const [side1, side2, merge] = [shaOf("side1"), shaOf("side2"), shaOf("merge")];
      backend.commit(side1, { parents: [m2] });
      backend.commit(side2, { parents: [side1] });
      backend.commit(merge, { branch: "main", parents: [m3, side2] });
      assert.deepEqual(await host().firstParents("main"), [merge, m3, m2, m1]);
      assert.deepEqual(requests(), ["GET /repos/myorg/backend/commits?sha=refs%2Fheads%2Fmain&per_page=100"]);
    });

    it("end with the branch's last 100", async () => {
      commits(150).forEach((sha) => backend.commit(sha, { branch: "long" }));
      assert.deepEqual(await host().firstParents("long"), commits(150).slice(50).reverse());
    });

    it("end where a merge has so many commits that its first parent isn't among the last 100", async () => {
      backend.commit(shaOf("s0"), { parents: [m3] });
      commits(120).forEach((_, index) => backend.commit(shaOf(`s${index + 1}`), { parents: [shaOf(`s${index}`)] }));
      backend.commit(shaOf("merge"), { branch: "main", parents: [m3, shaOf("s120")] });
      assert.deepEqual(await host().firstParents("main"), [shaOf("merge")]);
    });

    it("of a tag of the same name aren't mistaken for the branch's", async () => {
      backend.tags.set("main", m1);
      assert.deepEqual(await host().firstParents("main"), [m3, m2, m1]);
    });

    it("of a branch that isn't there: an error that says so", async () => {
      await assert.rejects(
        host().firstParents("none"),
        /has no branch none in myorg\/backend: it doesn't exist, or GITHUB_TOKEN can't see it: a workflow's own token reads no other private repository; a GitHub App does \(docs\/pairs\.md\)/,
      );
    });

    it("of an empty repository: what the code host says", async () => {
      github.repository("myorg/empty");
      await assert.rejects(run().other("myorg/empty").firstParents("main"), /answers 409: Git Repository is empty/);
    });

    it("that lead in a circle end", async () => {
      github.fail(() => ({
        status: 200,
        body: [
          { sha: m1, parents: [{ sha: m2 }] },
          { sha: m2, parents: [{ sha: m1 }] },
        ],
      }));
      assert.deepEqual(await host().firstParents("main"), [m1, m2]);
    });
  });

  describe("a commit", () => {
    it("is on a branch that it is in, head or not", async () => {
      backend.commit(shaOf("diverged"), { parents: [m1] });
      backend.commit(shaOf("ahead"), { parents: [m3] });
      backend.commit(shaOf("unrelated"), { parents: [] });
      const found = await Promise.all(
        [m1, m3, shaOf("diverged"), shaOf("ahead"), shaOf("unrelated"), shaOf("unknown")].map((sha) =>
          host().isOnBranch(sha, "main"),
        ),
      );
      assert.deepEqual(found, [true, true, false, false, false, false]);
      assert.equal(await host().isOnBranch(m1, "none"), false);
      assert.equal(github.requests.length, 7);
    });

    it("of a fork counts for nothing, although the code host answers for it", async () => {
      const fork = github.repository("stranger/backend", { forkOf: backend });
      const evil = fork.commit(shaOf("evil"), { branch: "main", parents: [m3] });
      fork.open(1, { headSha: evil });
      backend.open(6, { headSha: evil, fork: true });
      assert.equal(await host().isOnBranch(evil, "main"), false);
      assert.equal(await host().isHeadOfOpenPull(evil), false);
      assert.deepEqual(
        github.requests.map(({ status }) => status),
        [200, 200],
      );
    });

    it("is the head of an open pull request, not only part of one", async () => {
      backend.open(5, { headSha: shaOf("first") });
      backend.commit(shaOf("second"), { parents: [shaOf("first")] });
      backend.push(5, shaOf("second"));
      backend.open(6, { fork: "gone", headSha: shaOf("gone") });
      const of = (sha: string) => host().isHeadOfOpenPull(sha);
      assert.deepEqual(
        await Promise.all([shaOf("second"), shaOf("first"), shaOf("gone"), shaOf("unknown"), m3].map(of)),
        [true, false, false, false, false],
      );
      backend.close(5);
      assert.equal(await of(shaOf("second")), false);
    });

    it("of a pull request of another repository in the network doesn't count", async () => {
      backend.open(5, { headSha: shaOf("head") });
      github.fail(
        (next) => {
          const [found] = next().body as { base: { repo: object } }[];
          const repo = { id: 99, full_name: "stranger/backend" };
          return { status: 200, body: [{ ...found, base: { ref: "main", repo }, head: { sha: shaOf("head"), repo } }] };
        },
        { path: /pulls$/ },
      );
      assert.equal(await host().isHeadOfOpenPull(shaOf("head")), false);
    });
  });

  describe("tags and branches", () => {
    it("lead to a commit", async () => {
      backend.tags.set("v1.2", m2);
      backend.tags.set("release/2", m3);
      backend.tags.set("tree", shaOf("no commit"));
      backend.branches.set("feature/new?x", m1);
      const found = await Promise.all([
        host().tagCommit("v1.2"),
        host().tagCommit("release/2"),
        host().tagCommit("tree"),
        host().tagCommit("main"),
        host().branchHead("main"),
        host().branchHead("none"),
        host().branchHead("v1.2"),
        host().branchHead(m1),
        run().other("myorg/unknown").branchHead("main"),
      ]);
      assert.deepEqual(found, [m2, m3, undefined, undefined, m3, undefined, undefined, undefined, undefined]);
      assert.ok(requests().includes("GET /repos/myorg/backend/commits/tags/release/2"));
    });

    for (const wrong of [
      "../../pulls/5",
      "a/../b",
      "a b",
      "-x",
      "x.lock",
      "x/",
      "@",
      "a?b",
      "a\\b",
      "\u0000",
      "x".repeat(256),
    ]) {
      it(`called ${JSON.stringify(wrong.slice(0, 20))} aren't asked for`, async () => {
        await assert.rejects(host().branchHead(wrong), /can't be the name of a branch/);
        await assert.rejects(host().tagCommit(wrong), /can't be the name of a tag/);
        await assert.rejects(host().firstParents(wrong), UserError);
        await assert.rejects(host().isOnBranch(m1, wrong), UserError);
        assert.deepEqual(requests(), []);
      });
    }
  });

  it("whatever a stranger writes, only this repository's contents, commits and comparisons are asked for", async () => {
    const it = host();
    const pieces = fc.constantFrom(
      "..",
      ".",
      "/",
      "main",
      m1,
      "%2e%2e",
      "?ref=x",
      "#",
      "\\",
      "{owner}",
      ":owner",
      "...",
      " ",
      "é",
    );
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 5 }).map((all) => all.join("")),
    );
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const from = github.requests.length;
        const asked: (() => Promise<unknown>)[] = [
          () => it.file(text, m1, 10),
          () => it.file("a", text, 10),
          () => it.firstParents(text),
          () => it.isOnBranch(m1, text),
          () => it.isOnBranch(text, "main"),
          () => it.isHeadOfOpenPull(text),
          () => it.tagCommit(text),
          () => it.branchHead(text),
        ];
        for (const ask of asked) {
          await ask().catch((error: unknown) => assert.ok(error instanceof UserError, String(error)));
        }
        for (const line of requests().slice(from)) {
          const { pathname, searchParams, hash } = new URL(line.replace("GET ", "http://github"));
          assert.match(
            pathname,
            /^\/repos\/myorg\/backend\/(?:contents\/.|compare\/refs\/heads\/.|commits(?:$|\/(?:heads|tags|[0-9a-f]{40})\/.))/,
          );
          assert.ok(
            [...searchParams.keys()].every((key) => ["ref", "sha", "per_page"].includes(key)) && hash === "",
            line,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  const questions: Record<string, (host: CodeHost) => Promise<unknown>> = {
    pullRequest: (it) => it.pullRequest(515),
    file: (it) => it.file("a.yaml", m1, 1000),
    firstParents: (it) => it.firstParents("main"),
    isOnBranch: (it) => it.isOnBranch(m1, "main"),
    isHeadOfOpenPull: (it) => it.isHeadOfOpenPull(shaOf("515.1")),
    tagCommit: (it) => it.tagCommit("v1"),
    branchHead: (it) => it.branchHead("main"),
  };

  describe("every question", () => {
    beforeEach(() => {
      backend.commit(m1, { parents: [], files: { "a.yaml": "x" } });
      backend.tags.set("v1", m1);
      backend.open(515);
    });
    for (const [name, ask] of Object.entries(questions)) {
      it(`${name}: an answer that isn't GitHub's is an error`, async () => {
        github.fail(() => ({ status: 200, body: [{ message: "hello" }] }));
        await assert.rejects(ask(host()), /myorg\/backend, gives an unexpected answer/);
      });

      it(`${name}: a rate limit that is used up says until when`, async () => {
        github.rateLimit = { limit: 5000, remaining: 0, reset: Math.floor(Date.now() / 1000) + 1700 };
        await assert.rejects(ask(host()), /rate limit is used up until .*try again in 29 min/);
      });

      it(`${name}: is asked again after a failure`, async () => {
        const expected = await ask(host());
        github.fail(faults.status(502), { times: 1 });
        assert.deepEqual(await ask(host()), expected);
      });

      it(`${name}: a refusal says that another repository needs a GitHub App`, async () => {
        github.fail(faults.status(403));
        await assert.rejects(ask(host()), /GITHUB_TOKEN isn't allowed.*a GitHub App does \(docs\/pairs\.md\)/);
      });

      it(`${name}: follows a repository that was renamed`, async () => {
        const before = await ask(host());
        backend.rename("myorg/server");
        const after = await ask(host());
        // Its page has the new name.
        const page = (answer: unknown) => JSON.stringify(answer)?.replace("myorg/server", "myorg/backend");
        assert.equal(page(after), page(before));
      });
    }
  });
});
