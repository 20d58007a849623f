import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { UserError } from "../../contract";
import { ciFrom } from "../../cli/ci";
import { RunCodeHosts } from "../../clients/code-host";
import { faults, GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";

describe("tokens for other repositories", () => {
  let github: GitHubStandIn;
  let backend: StandInRepository;
  let said: string[];

  beforeEach(async () => {
    github = await GitHubStandIn.start("myorg/orders");
    backend = github.repository("myorg/backend", { isPrivate: true });
    backend.commit(shaOf("m1"), { branch: "main" });
    backend.open(515);
    github.open(7);
    said = [];
  });
  afterEach(() => github.stop());

  const run = (env: NodeJS.ProcessEnv = {}) =>
    new RunCodeHosts(ciFrom({ ...github.env, ...env }).codeHost, {
      second: 1,
      timeoutMs: 2000,
      report: (message) => said.push(message),
    });
  const withApp = (env: NodeJS.ProcessEnv = {}) => run({ ...github.app.env, ...env });
  const requests = () => github.requests.map(({ line }) => line);
  const minted = () => requests().filter((line) => line.endsWith("/access_tokens")).length;
  const tokens = () => [...github.tokens].filter(([token]) => token !== "a-token").map(([, token]) => token);

  describe("without an App", () => {
    it("a public repository is read with the own token", async () => {
      backend.isPrivate = false;
      assert.equal((await run().other("myorg/backend").pullRequest(515))?.number, 515);
    });

    it("a private one isn't there, and the error says why", async () => {
      const host = run().other("myorg/backend");
      assert.equal(await host.pullRequest(515), undefined);
      assert.match(
        host.missing("pull request 515").message,
        /has no pull request 515 in myorg\/backend: there is nothing of that number or only an issue, or GITHUB_TOKEN can't see it: a workflow's own token reads no other private repository; a GitHub App does \(docs\/pairs\.md\)$/,
      );
      await assert.rejects(host.openPullRequests(), /answers 404: it doesn't exist, or GITHUB_TOKEN can't see it/);
    });

    it("that private ones can't be read is said once per run, at the first other repository", () => {
      const hosts = run();
      hosts.own("myorg/orders");
      assert.deepEqual(said, []);
      hosts.other("myorg/backend");
      hosts.other("myorg/shop");
      assert.equal(said.length, 1);
      assert.match(said[0]!, /read with GITHUB_TOKEN, since PREVIEW_APP_ID isn't set: .*public ones only/);
    });

    it("nothing is written to another repository, public or not", async () => {
      backend.isPrivate = false;
      await assert.rejects(
        run().other("myorg/backend").setComment(515, "hello"),
        /GITHUB_TOKEN isn't allowed to do that/,
      );
    });
  });

  describe("with an App", () => {
    it("a private repository is read with a token for it alone, minted once", async () => {
      github.app.install(["myorg/backend", "myorg/secrets"], { contents: "write", pull_requests: "write" });
      const hosts = withApp();
      const host = hosts.other("myorg/backend");
      assert.deepEqual(requests(), []);
      const [pull, head] = await Promise.all([host.pullRequest(515), host.branchHead("main")]);
      assert.equal(pull?.number, 515);
      assert.equal(head, shaOf("m1"));
      await hosts.other("MYORG/Backend").openPullRequests();
      assert.equal(minted(), 1);
      assert.equal(requests().filter((line) => line.endsWith("/installation")).length, 1);
      assert.deepEqual(
        tokens().map(({ permissions, repositories }) => ({ permissions, repositories })),
        [{ permissions: ["contents=read", "pull_requests=read"], repositories: ["myorg/backend"] }],
      );
      assert.deepEqual(said, []);
    });

    it("is read by its ETag the second time, whatever token reads it", async () => {
      github.app.install(["myorg/backend"]);
      const host = withApp().other("myorg/backend");
      await host.pullRequest(515);
      await host.pullRequest(515);
      assert.equal(github.requests.at(-1)?.status, 304);
    });

    it("a comment takes a token that may write, and nothing else", async () => {
      github.app.install(["myorg/backend"]);
      const host = withApp().other("myorg/backend");
      await host.setComment(515, "first");
      await host.setComment(515, "second");
      assert.deepEqual(
        backend.comments.map(({ login, body }) => [login, body.split("\n").at(-1)]),
        [["previews[bot]", "second"]],
      );
      assert.deepEqual(
        tokens().map(({ permissions }) => permissions),
        [["contents=read", "pull_requests=read"], ["pull_requests=write"]],
      );
    });

    it("each repository has a token of its own, and so has each owner's installation", async () => {
      github.repository("myorg/shop", { isPrivate: true }).open(1);
      github.repository("partner/api", { isPrivate: true }).open(2);
      github.app.install(["myorg/backend", "myorg/shop"]);
      github.app.install(["partner/api"]);
      const hosts = withApp();
      await hosts.other("myorg/backend").pullRequest(515);
      await hosts.other("myorg/shop").pullRequest(1);
      assert.equal((await hosts.other("partner/api").pullRequest(2))?.number, 2);
      assert.deepEqual(
        tokens().map(({ repositories }) => repositories),
        [["myorg/backend"], ["myorg/shop"], ["partner/api"]],
      );
    });

    it("the own repository keeps its own token, also if it is named as another one", async () => {
      const hosts = withApp();
      await hosts.own("myorg/orders")!.pullRequest(7);
      await hosts.other("MyOrg/Orders").pullRequest(7);
      assert.deepEqual(requests(), Array(2).fill("GET /repos/myorg/orders/pulls/7"));
    });

    it("another repository's client never serves the own one", async () => {
      github.app.install(["myorg/orders"]);
      const hosts = withApp();
      await hosts.other("myorg/orders").pullRequest(7);
      github.requests.length = 0;
      await hosts.own("myorg/orders")!.pullRequest(7);
      assert.deepEqual(requests(), ["GET /repos/myorg/orders/pulls/7"]);
    });

    it("at GitHub Enterprise, below its path, the App is asked as well", async () => {
      github.app.install(["myorg/backend"]);
      github.basePath = "/api/v3";
      const host = withApp({ GITHUB_API_URL: github.url }).other("myorg/backend");
      assert.equal((await host.pullRequest(515))?.number, 515);
      assert.ok(requests().includes("GET /api/v3/repos/myorg/backend/installation"));
    });

    for (const skew of [-600_000, 600_000]) {
      it(`a clock that is off by ${skew / 1000} s is made up for by the code host's`, async () => {
        github.app.install(["myorg/backend"]);
        github.clockSkew = skew;
        assert.equal((await withApp().other("myorg/backend").pullRequest(515))?.number, 515);
      });
    }

    it("a failing server is asked again", async () => {
      github.app.install(["myorg/backend"]);
      github.fail(faults.status(502), { times: 1, path: /installation$/ });
      github.fail(faults.reset(), { times: 1, path: /access_tokens$/ });
      assert.equal((await withApp().other("myorg/backend").pullRequest(515))?.number, 515);
    });

    const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const refusals: [string, () => NodeJS.ProcessEnv | undefined, RegExp][] = [
      [
        "isn't installed",
        () => undefined,
        /^the GitHub App gets no token for myorg\/backend: it isn't installed there.*\(docs\/pairs\.md\)$/,
      ],
      [
        "is suspended",
        () => {
          github.app.install(["myorg/backend"]).isSuspended = true;
          return undefined;
        },
        /it was refused \(This installation has been suspended.*see whether its installation is suspended/,
      ],
      [
        "has too few permissions",
        () => {
          github.app.install(["myorg/backend"], { contents: "read" });
          return undefined;
        },
        /its installation lacks something \(The permissions requested.*contents: read, pull-requests: read/,
      ],
      ["has another key", () => ({ PREVIEW_APP_PRIVATE_KEY: String(otherKey) }), /the id and a key of the same App/],
      ["has another id", () => ({ PREVIEW_APP_ID: "1" }), /the id and a key of the same App/],
      [
        "is unknown",
        () => {
          github.fail(() => ({ status: 404, body: { message: "Integration not found" } }), { path: /installation$/ });
          return undefined;
        },
        /the id and a key of the same App/,
      ],
      [
        "can't be asked",
        () => {
          github.fail(faults.reset(), { path: /installation$/ });
          return undefined;
        },
        /^the GitHub App gets no token for myorg\/backend: /,
      ],
      [
        "gets an answer that isn't GitHub's",
        () => {
          github.fail(() => ({ status: 200, body: [] }), { path: /installation$/ });
          return undefined;
        },
        /gives an unexpected answer/,
      ],
    ];
    for (const [name, arrange, message] of refusals) {
      it(`that ${name}: an error that says what to do, without the key`, async () => {
        const env = arrange() ?? {};
        await assert.rejects(withApp(env).other("myorg/backend").pullRequest(515), (error: Error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, message);
          assert.doesNotMatch(error.message + said.join(), /PRIVATE KEY-----|ghs_|eyJ/);
          return true;
        });
        assert.ok(!requests().some((line) => line.includes("/pulls/")));
      });
    }

    it("that was refused once is asked again the next time", async () => {
      const host = withApp().other("myorg/backend");
      await assert.rejects(host.pullRequest(515), UserError);
      github.app.install(["myorg/backend"]);
      assert.equal((await host.pullRequest(515))?.number, 515);
    });

    it("a token that the code host doesn't take any more is named as the App's", async () => {
      github.app.install(["myorg/backend"]);
      const host = withApp().other("myorg/backend");
      github.app.tokenLifetime = -1;
      await assert.rejects(host.pullRequest(515), /answers 401: the GitHub App's token is invalid or has expired/);
    });
  });

  describe("variables", () => {
    const other = (env: NodeJS.ProcessEnv) => () => run(env).other("myorg/backend");

    it("belong together", () => {
      const { PREVIEW_APP_ID, PREVIEW_APP_PRIVATE_KEY } = github.app.env;
      assert.throws(other({ PREVIEW_APP_ID }), /^UserError: PREVIEW_APP_ID is set but PREVIEW_APP_PRIVATE_KEY isn't/);
      assert.throws(other({ PREVIEW_APP_PRIVATE_KEY }), /PREVIEW_APP_PRIVATE_KEY is set but PREVIEW_APP_ID isn't/);
      assert.doesNotThrow(other({ PREVIEW_APP_ID: "", PREVIEW_APP_PRIVATE_KEY: "" }));
    });

    const keys: Record<string, (pem: string) => string> = {
      "as GitHub gives it": (pem) => pem,
      "with escaped line breaks": (pem) => pem.replaceAll("\n", "\\n"),
      "with spaces around it": (pem) => `\n  ${pem}\n\n`,
      "in PKCS#8": (pem) => String(createPrivateKey(pem).export({ type: "pkcs8", format: "pem" })),
    };
    for (const [name, written] of Object.entries(keys)) {
      it(`may have the key ${name}`, async () => {
        github.app.install(["myorg/backend"]);
        const host = withApp({ PREVIEW_APP_PRIVATE_KEY: written(github.app.env.PREVIEW_APP_PRIVATE_KEY) });
        assert.equal((await host.other("myorg/backend").pullRequest(515))?.number, 515);
      });
    }

    const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    for (const [name, wrong] of Object.entries({
      "a word": "secret-word",
      "its first line alone": "-----BEGIN RSA PRIVATE KEY-----",
      "another kind of key": String(elliptic),
    })) {
      it(`with ${name} for a key are refused, without showing it`, () => {
        assert.throws(other({ PREVIEW_APP_ID: "1", PREVIEW_APP_PRIVATE_KEY: wrong }), (error: Error) => {
          assert.match(error.message, /PREVIEW_APP_PRIVATE_KEY must be the private RSA key/);
          assert.doesNotMatch(error.message, /secret-word/);
          return true;
        });
      });
    }

    it("of an own token that is none are refused, without showing it", () => {
      assert.throws(other({ GITHUB_TOKEN: "a-token\nanother" }), {
        name: "UserError",
        message: "GITHUB_TOKEN must be one line of printable characters, without spaces: set it anew",
      });
    });

    it("of the own token are needed without an App, but not with one", async () => {
      assert.throws(other({ GITHUB_TOKEN: "" }), /myorg\/backend can't be read without the variable GITHUB_TOKEN/);
      github.app.install(["myorg/backend"]);
      const host = withApp({ GITHUB_TOKEN: "" }).other("myorg/backend");
      assert.equal((await host.pullRequest(515))?.number, 515);
    });
  });

  for (const wrong of [
    "backend",
    "../backend",
    "myorg/..",
    "myorg/a/b",
    "my org/x",
    "myorg/{x}",
    "https://github.com/myorg/x",
    "",
  ]) {
    it(`the repository ${JSON.stringify(wrong)} isn't asked for`, () => {
      assert.throws(() => run().other(wrong), /is no repository: it must be owner\/name/);
    });
  }
});
