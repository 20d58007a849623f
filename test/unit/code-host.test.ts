import assert from "node:assert/strict";
import { UserError } from "../../contract";
import { ciFrom } from "../../cli/ci";
import { type CodeHost, codeHost as codeHostWith } from "../../clients/code-host";
import { faults, GitHubStandIn, shaOf } from "../doubles/github";

const repository = "myorg/orders";

/** The code host that these variables configure. */
const codeHost = (name: string, env: NodeJS.ProcessEnv) =>
  codeHostWith(name, ciFrom(env).codeHost, { report: () => undefined });

describe("code host", () => {
  let github: GitHubStandIn;
  let said: string[];

  beforeEach(async () => {
    github = await GitHubStandIn.start(repository);
    said = [];
  });
  afterEach(() => github.stop());

  const client = (env: NodeJS.ProcessEnv = github.env): CodeHost =>
    codeHostWith(repository, ciFrom(env).codeHost, {
      second: 1,
      timeoutMs: 500,
      report: (message) => said.push(message),
    })!;

  describe("pull request", () => {
    it("is read as the code host has it", async () => {
      const updatedAt = new Date("2026-11-24T12:00:00Z");
      github.open(7, { labels: ["keep", "bug"], fork: true, updatedAt });
      const open = {
        state: "open",
        merged: false,
        headSha: shaOf("7.1"),
        branch: "main",
        body: "",
        fork: true,
        labels: ["keep", "bug"],
        updatedAt,
      };
      const url = "https://github.com/myorg/orders/pull/7";
      assert.deepEqual(await client().pullRequest(7), { number: 7, ...open, url });

      github.close(7, { merged: true });
      const merged = { state: "closed", merged: true, mergeCommit: shaOf("7.merged") };
      assert.deepEqual(await client().pullRequest(7), { number: 7, ...open, ...merged, url });
    });

    it("counts as from a fork even when the fork has been deleted", async () => {
      github.open(7, { fork: "gone" });
      assert.equal((await client().pullRequest(7))?.fork, true);
    });

    it("is undefined, not an error, when it doesn't exist", async () => {
      assert.equal(await client().pullRequest(404), undefined);
    });

    it("is never read from an answer about another pull request", async () => {
      github.open(7);
      github.open(8);
      github.close(8);
      github.fail(
        faults.redirect(() => "/repos/myorg/orders/pulls/8"),
        { path: /pulls\/7$/ },
      );
      await assert.rejects(client().pullRequest(7), /it is about 8/);
    });

    it("is requested with an ETag the second time, and read again when it has changed", async () => {
      github.open(7);
      const host = client();
      await host.pullRequest(7);
      assert.equal((await host.pullRequest(7))?.state, "open");
      github.close(7);
      assert.equal((await host.pullRequest(7))?.state, "closed");
      assert.deepEqual(
        github.requests.map(({ status }) => status),
        [200, 304, 200],
      );
      assert.equal(github.rateLimit.remaining, 4998);
    });
  });

  describe("open pull requests", () => {
    for (const [count, requests] of [
      [0, 1],
      [99, 1],
      [100, 2],
      [101, 2],
      [250, 3],
    ] as const) {
      it(`${count} of them take ${requests} requests`, async () => {
        for (let number = 1; number <= count; number += 1) {
          github.open(number);
        }
        github.open(1000);
        github.close(1000);
        const found = await client().openPullRequests();
        assert.deepEqual(
          found.map(({ number }) => number),
          Array.from({ length: count }, (_, index) => index + 1),
        );
        assert.equal(github.requests.length, requests);
      });
    }

    it("are complete even without the header that links to the next page", async () => {
      for (let number = 1; number <= 150; number += 1) {
        github.open(number);
      }
      github.fail(faults.noLink());
      assert.equal((await client().openPullRequests()).length, 150);
    });

    it("fail with an error when every page is the same", async () => {
      for (let number = 1; number <= 100; number += 1) {
        github.open(number);
      }
      github.fail((_next, question) => {
        question.url.searchParams.set("page", "1");
        return _next();
      });
      await assert.rejects(client().openPullRequests(), /page 2 repeats the ones before/);
    });

    it("are requested with ETags the second time", async () => {
      github.open(1);
      const host = client();
      await host.openPullRequests();
      assert.equal((await host.openPullRequests()).length, 1);
      assert.deepEqual(
        github.requests.map(({ status }) => status),
        [200, 304],
      );
    });
  });

  describe("run", () => {
    it("has ended when the code host says so of the requested attempt", async () => {
      github.runs.set(5, { id: 5, attempts: ["completed", "in_progress"] });
      const host = client();
      assert.equal(await host.runEnded("5"), false);
      assert.equal(await host.runEnded("5/1"), true);
      assert.equal(await host.runEnded("5/2"), false);
    });

    for (const reference of ["6", "5/9", "", "../../pulls/7", "5/1/../..", "-1"]) {
      it(`isn't proven to have ended when it can't be found: ${JSON.stringify(reference)}`, async () => {
        github.runs.set(5, { id: 5, attempts: ["completed"] });
        assert.equal(await client().runEnded(reference), false);
      });
    }

    it("is approved only when somebody has approved it", async () => {
      github.runs.set(5, { id: 5, attempts: ["in_progress"], approvals: ["approved"] });
      github.runs.set(6, { id: 6, attempts: ["in_progress"], approvals: ["rejected"] });
      github.runs.set(7, { id: 7, attempts: ["in_progress"] });
      const approved = ["5", "5/2", "6", "7", "8", "", "../5"].map((run) => client().runApproved(run));
      assert.deepEqual(await Promise.all(approved), [true, true, false, false, false, false, false]);
    });

    it("is recorded with its attempt", () => {
      assert.equal(ciFrom({ GITHUB_RUN_ID: "5", GITHUB_RUN_ATTEMPT: "2" }).run.reference, "5/2");
      assert.equal(ciFrom({}).run.reference, undefined);
    });
  });

  describe("comment", () => {
    beforeEach(() => github.open(7));
    const bodies = () => github.comments.map(({ body }) => body.split("\n").slice(1).join("\n"));

    it("is created once and then updated", async () => {
      await client().setComment(7, "first");
      await client().setComment(7, "second");
      assert.deepEqual(bodies(), ["second"]);
    });

    it("is found after a hundred others", async () => {
      for (let id = 1; id <= 130; id += 1) {
        github.comments.push({ id, issue: 7, login: "reviewer", body: "looks good" });
      }
      await client().setComment(7, "first");
      await client().setComment(7, "second");
      assert.equal(github.comments.length, 131);
    });

    it("is left alone when somebody else wrote it, whatever it says", async () => {
      await client().setComment(7, "ours");
      const [ours] = github.comments.splice(0);
      github.comments.push({ id: 1, issue: 7, login: "somebody", body: ours!.body });
      await client().setComment(7, "ours");
      assert.deepEqual(
        github.comments.map(({ login }) => login),
        ["somebody", "github-actions[bot]"],
      );
    });

    it("is created only once when the answer is lost", async () => {
      github.fail((next, question) => (question.method === "POST" ? faults.lost()(next, question) : next()), {
        path: /comments$/,
        times: 2,
      });
      await client().setComment(7, "first");
      assert.deepEqual(bodies(), ["first"]);
    });

    it("is shortened to what GitHub accepts", async () => {
      await client().setComment(7, "long ".repeat(20_000));
      assert.ok(github.comments[0]!.body.length < 65_536);
    });
  });

  describe("failures", () => {
    for (const [name, fault] of Object.entries({
      "502": faults.status(502),
      "503": faults.status(503),
      reset: faults.reset(),
      "cut in the middle": faults.cut(),
      malformed: faults.malformed(),
      "secondary limit of one second": faults.secondaryLimit(1),
      "secondary limit by 429": faults.secondaryLimit(1, 429),
    })) {
      it(`${name}: retries and says so`, async () => {
        github.open(7);
        github.fail(fault, { times: 2 });
        assert.equal((await client().openPullRequests()).length, 1);
        assert.equal(github.requests.length, 3);
        assert.equal(said.length, 2);
      });
    }

    it("no answer in time: retries", async () => {
      github.open(7);
      github.fail(faults.slow(2000), { times: 1 });
      assert.equal((await client().openPullRequests()).length, 1);
      assert.deepEqual(said, ["the code host doesn't answer GET /repos/myorg/orders/pulls: no answer within 0.5 s"]);
    });

    const lasting: [string, (standIn: GitHubStandIn) => void, RegExp, number][] = [
      ["500", (it) => it.fail(faults.status(500)), /answers 500: it keeps failing.*githubstatus/, 4],
      ["reset", (it) => it.fail(faults.reset()), /can't be reached \(.*\): check that GITHUB_API_URL/, 4],
      ["malformed", (it) => it.fail(faults.malformed()), /can't be reached \(its answer is not the JSON/, 4],
      ["page of a proxy", (it) => it.fail(faults.html()), /gives an unexpected answer.*GITHUB_API_URL/, 1],
      [
        "no URL of its page",
        (it) => {
          it.fail((next) => {
            const answer = next();
            return { ...answer, body: [answer.body as object[]].flat().map((one) => ({ ...one, html_url: "pull/7" })) };
          });
        },
        /gives an unexpected answer \(0\.html_url: Invalid URL\)/,
        1,
      ],
      ["bad token", (it) => it.tokens.clear(), /answers 401: GITHUB_TOKEN is invalid/, 1],
      [
        "missing permission",
        (it) => it.tokens.set("a-token", { login: "bot", permissions: [] }),
        /answers 403: .*Resource not accessible by integration.*it needs the permission pull_requests=read/,
        1,
      ],
      [
        "limit used up, by the code host's own clock",
        (it) => {
          it.clockSkew = -3600_000;
          it.rateLimit = { limit: 5000, remaining: 0, reset: Math.floor(it.now().getTime() / 1000) + 1700 };
        },
        /rate limit is used up until 2\S+Z; try again in 29 min/,
        // By this machine's clock the limit has passed, so the request is sent.
        3,
      ],
      [
        "limit used up for longer than a minute",
        (it) => {
          it.rateLimit = { limit: 5000, remaining: 0, reset: Math.floor(Date.now() / 1000) + 1700 };
        },
        /rate limit is used up until 2\S+Z; try again in 29 min/,
        1,
      ],
      ["secondary limit", (it) => it.fail(faults.secondaryLimit(61)), /too many requests.*try again in 61 s/, 1],
      ["secondary limit by 429", (it) => it.fail(faults.secondaryLimit(61, 429)), /try again in 61 s/, 1],
      ["redirection to elsewhere", (it) => it.fail(faults.redirect(() => "https://example.com/")), /another host/, 4],
      ["endless redirection", (it) => it.fail(faults.redirect(({ href }) => href)), /redirects too often/, 16],
      ["409", (it) => it.fail(faults.status(409)), /answers 409/, 1],
    ];
    for (const [name, breakIt, message, requests] of lasting) {
      it(`${name}: the error names the cause and the next step`, async () => {
        github.open(7);
        breakIt(github);
        await assert.rejects(client().openPullRequests(), (error: Error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, message);
          assert.match(error.message, /^127\.0\.0\.1:\d+, asked for the open pull requests of myorg\/orders/);
          assert.doesNotMatch(error.message, /a-token/);
          return true;
        });
        assert.equal(github.requests.length, requests);
      });
    }

    it("name the setting when the repository doesn't exist or the token can't see it", async () => {
      const host = codeHost("myorg/unknown", github.env)!;
      await assert.rejects(host.openPullRequests(), /answers 404: .*the setting repository/);
      assert.equal(await host.pullRequest(7), undefined);
    });

    it("say to try again when the server can't be reached", async () => {
      const env = { GITHUB_TOKEN: "a-token", GITHUB_API_URL: "http://127.0.0.1:1" };
      await assert.rejects(client(env).pullRequest(7), /can't be reached \(.*\): check that/);
    });
  });

  it("follows a renamed repository with the same method", async () => {
    github.open(7);
    github.fail(
      faults.redirect(
        ({ pathname, search }) => pathname.replace("/repos/myorg/orders", "/repositories/1") + search,
        307,
      ),
      { path: /^\/repos\// },
    );
    await client().setComment(7, "still here");
    assert.equal((await client().openPullRequests()).length, 1);
    assert.equal(github.comments.length, 1);
  });

  describe("configuration", () => {
    const token = { GITHUB_TOKEN: "a-token" };

    it("is undefined without a token or a repository", () => {
      assert.equal(codeHost("", token), undefined);
      assert.equal(codeHost(repository, {}), undefined);
    });

    for (const workflow of [{ CI: "true" }, { GITHUB_ACTIONS: "true" }]) {
      it(`is required in a workflow: ${Object.keys(workflow)[0]}`, () => {
        assert.throws(() => codeHost(repository, workflow), /a workflow needs a code host.*GITHUB_TOKEN/);
        assert.throws(() => codeHost("", { ...token, ...workflow }), /set the setting repository to owner\/name$/);
      });
    }

    for (const wrong of ["orders", "myorg/orders/..", "../orders", "myorg/..", "myorg/{n}", "my org/orders", "a/b?c"]) {
      it(`refuses the repository ${wrong}`, () => {
        assert.throws(() => codeHost(wrong, token), /repository must be owner\/name/);
      });
    }

    for (const wrong of ["a-token\nanother", "a-token another", "a-tok\u20acn", "a-tok\u0000n"]) {
      it(`refuses the token ${JSON.stringify(wrong)} without showing it`, () => {
        assert.throws(() => codeHost(repository, { GITHUB_TOKEN: wrong }), {
          name: "UserError",
          message: "GITHUB_TOKEN must be one line of printable characters, without spaces: set it anew",
        });
      });
    }

    it("takes a token with the line break of its file", async () => {
      github.open(7);
      assert.equal((await client({ ...github.env, GITHUB_TOKEN: "a-token\n" }).openPullRequests()).length, 1);
    });

    it("refuses an invalid URL", () => {
      assert.throws(() => codeHost(repository, { ...token, GITHUB_API_URL: "github" }), /GITHUB_API_URL must be a URL/);
    });
  });
});
