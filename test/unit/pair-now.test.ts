import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ciFrom } from "../../cli/ci";
import { RunCodeHosts } from "../../clients/code-host";
import { openRegistry } from "../../clients/registry";
import { manifestFile, parseWith, UserError } from "../../contract";
import { MovedOn, pairNow, type PairNow } from "../../lifecycle/pairs";
import type { Workspace } from "../../lifecycle/workspace";
import { faults, GitHubStandIn, shaOf, type StandInRepository } from "../doubles/github";

const digestOf = (path: string) =>
  `sha256:${Buffer.from(path.slice(-33)).toString("hex").slice(0, 64).padEnd(64, "0")}`;
const [base, head, merge, later, loose] = ["base", "head", "merge", "later", "loose"].map(shaOf) as [
  string,
  string,
  string,
  string,
  string,
];
const line = (pull: number) => `Depends-On: https://github.com/myorg/backend/pull/${pull}`;

/** What a pull request is paired with, by the code host's stand-in and a server that answers as a registry; test/engine/pairs.test.ts deploys it. */
describe("what a pull request would be previewed with", () => {
  let github: GitHubStandIn;
  let orders: StandInRepository;
  let backend: StandInRepository;
  let server: Server;
  let host: string;
  let folder: string;
  let said: string[];
  /** The registry's images, `api:<commit>`. */
  let built: Set<string>;
  /** What the registry answers instead. */
  let answer: number | undefined;

  before(() => (folder = mkdtempSync(join(tmpdir(), "preview-pair-"))));
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    github = await GitHubStandIn.start("myorg/orders");
    orders = github.repository("myorg/orders");
    backend = github.repository("myorg/backend");
    backend.commit(base, { branch: "main" });
    backend.open(515, { headSha: head, mergeCommit: merge });
    orders.open(7, { body: line(515) });
    said = [];
    built = new Set([`api:${base}`, `api:${head}`]);
    answer = undefined;
    server = createServer(({ url = "" }, response) => {
      const [, name, tag] = /^\/v2\/myorg\/(\w+)\/manifests\/(\w+)$/.exec(url) ?? [];
      const status = answer ?? (built.has(`${name}:${tag}`) ? 200 : 404);
      response.writeHead(status, { "docker-content-digest": digestOf(url), "retry-after": "300" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    sources({ api: "myorg/backend" });
  });
  afterEach(async () => {
    await github.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** By part, the repository that builds it. */
  function sources(repositories: Readonly<Record<string, string>>): void {
    const entries = Object.entries(repositories).map(([part, repository]) => [
      part,
      { repository, image: `${host}/myorg/${part}:\${sha}` },
    ]);
    const perCommit = Object.keys(repositories).filter((part) => part !== "api" && part !== "web");
    const services = Object.fromEntries(perCommit.map((part) => [part, { image: "worker:1.0", perCommit: true }]));
    const config = {
      "p:repository": "myorg/orders",
      "p:sources": Object.fromEntries(entries) as object,
      "p:services": services as object,
    };
    writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    writeFileSync(join(folder, "Pulumi.preview.yaml"), JSON.stringify({ config }));
  }

  function now(number = 7, ...given: string[]): Promise<PairNow> {
    const report = (message: string) => void said.push(message);
    const options = { second: 1, timeoutMs: 500, report };
    const hosts = new RunCodeHosts(ciFrom(github.env).codeHost, options);
    const registry = openRegistry({ env: { DOCKER_CONFIG: folder }, ...options });
    const workspace: Workspace = {
      project: folder,
      env: {},
      onLine: () => undefined,
      report,
      run: { isWorkflow: false },
      interruption: new AbortController().signal,
      codeHost: (repository) => hosts.own(repository),
      otherCodeHost: (repository) => hosts.other(repository),
      registry: () => registry,
      zone: () => assert.fail("no zone is asked"),
    };
    return pairNow(workspace, number, { commandLine: given.map(parseWith) });
  }

  const manifest = (text: string) => orders.commit(shaOf("7.1"), { parents: [], files: { [manifestFile]: text } });

  interface Case {
    readonly what: string;
    readonly arrange?: () => void;
    readonly with?: string;
    /** The commit of the API; the same without an image. */
    readonly is?: string;
    readonly awaits?: string;
    readonly pin?: string;
    readonly refused?: RegExp;
  }

  const pinned = (commit: string) => `myorg/backend#515@${commit}`;
  const at = (commit: string) => `myorg/backend@${commit}`;
  const table: Case[] = [
    { what: "the line's pull request", is: head, pin: pinned(head) },
    {
      what: "the file's instead of the line's",
      arrange: () => {
        backend.open(516, { headSha: loose });
        manifest('api: { pull: "myorg/backend#516" }');
        built.add(`api:${loose}`);
      },
      is: loose,
      pin: `myorg/backend#516@${loose}`,
    },
    {
      what: "the command line's instead of the file's and the line's",
      arrange: () => manifest(`api: { commit: "${base}" }`),
      with: "MYORG/Backend#515",
      is: head,
      pin: pinned(head),
    },
    {
      what: "nothing of a file that the command line makes idle, however wrong it is",
      arrange: () => manifest("api: [nonsense"),
      with: "myorg/backend#515",
      is: head,
    },
    {
      what: "a file's commit on the branch",
      arrange: () => manifest(`api: { commit: "${base}" }`),
      is: base,
      pin: at(base),
    },
    {
      what: "a file's commit that is a pull request's head",
      arrange: () => manifest(`api: { commit: "${head}" }`),
      is: head,
    },
    {
      what: "a file's tag",
      arrange: () => {
        backend.tags.set("1.0", base);
        manifest('api: { tag: "1.0" }');
      },
      is: base,
      pin: at(base),
    },
    {
      what: "a file's branch at its newest commit with an image",
      arrange: () => {
        backend.commit(loose, { branch: "next", parents: [base] });
        backend.commit(later, { branch: "next" });
        built.add(`api:${loose}`);
        manifest("api: { branch: next }");
      },
      is: loose,
      pin: at(loose),
    },
    {
      what: "the branch where nothing is asked for",
      arrange: () => orders.open(7, { body: "" }),
      is: base,
      pin: at(base),
    },
    { what: "what isn't built yet", arrange: () => built.delete(`api:${head}`), awaits: head, pin: pinned(head) },
    {
      what: "a force-pushed head",
      arrange: () => {
        backend.push(515, loose);
        built.add(`api:${loose}`);
      },
      is: loose,
      pin: pinned(loose),
    },
    {
      what: "after the merge the branch's newest commit that has it",
      arrange: () => {
        backend.close(515, { merged: true });
        backend.commit(later, { branch: "main" });
        [merge, later].forEach((commit) => built.add(`api:${commit}`));
      },
      is: later,
      pin: at(later),
    },
    {
      what: "no commit from before the merge, nor the pull request's own head",
      arrange: () => backend.close(515, { merged: true }),
      awaits: merge,
      pin: at(merge),
    },
    {
      what: "no merge into another branch",
      arrange: () => {
        backend.open(515, { branch: "next" });
        backend.close(515, { merged: true });
      },
      refused:
        /^the description, line 1: myorg\/backend#515 was merged into next, not into main; name a branch that has it$/,
    },
    {
      what: "nothing that was closed unmerged",
      arrange: () => backend.close(515),
      refused: /^the description, line 1: myorg\/backend#515 was closed without being merged/,
    },
    {
      what: "no pull request from a fork",
      arrange: () => backend.open(515, { fork: true }),
      refused:
        /^the description, line 1: myorg\/backend#515 comes from a fork; a pair takes only commits of myorg\/backend itself$/,
    },
    {
      what: "no number that no pull request has",
      arrange: () => orders.open(7, { body: line(99) }),
      refused: /^the description, line 1: 127\S+ has no pull request 99 in myorg\/backend/,
    },
    {
      what: "no commit of a fork, which the code host knows as well",
      arrange: () => {
        github.repository("somebody/backend", { forkOf: backend }).commit(loose, { parents: [base] });
        built.add(`api:${loose}`);
        manifest(`# why\napi: { commit: "${loose}" }`);
      },
      refused:
        /^preview-overrides\.yaml:2: the commit \w{40} is not on main of myorg\/backend, nor the head of an open pull/,
    },
    {
      what: "no tag beside the branch",
      arrange: () => {
        backend.commit(loose, { branch: "next", parents: [base] });
        backend.tags.set("rc", loose);
        manifest("api: { tag: rc }");
      },
      refused: /^preview-overrides\.yaml:1: the commit \w{40} is not on main of myorg\/backend$/,
    },
    {
      what: "no tag that isn't there",
      arrange: () => manifest("api: { tag: none }"),
      refused: /^preview-overrides\.yaml:1: 127\S+ has no tag none in myorg\/backend/,
    },
    {
      what: "no branch without any image",
      arrange: () => {
        orders.open(7, { body: "" });
        built.clear();
      },
      refused:
        /^none of the newest 1 commits of myorg\/backend main has an image .* at the setting sources\.api\.image$/,
    },
    {
      what: "no repository that the settings don't name",
      with: "myorg/other#1",
      refused: /^--with: the setting sources has no repository "myorg\/other"; known: myorg\/backend$/,
    },
    {
      what: "no part that the settings don't name",
      arrange: () => manifest('wroker: { pull: "myorg/backend#515" }'),
      refused: /^preview-overrides\.yaml:1: the setting sources has no part "wroker"; known: api$/,
    },
    {
      what: "no image of a registry that refuses",
      arrange: () => (answer = 401),
      refused:
        /^the registry 127\S+, asked for the image 127\S+\/myorg\/api:\w{40}, answers 401: it was asked without a login/,
    },
    {
      what: "no image of a registry whose limit is exceeded for long",
      arrange: () => (answer = 429),
      refused: /answers 429: too many requests; try again in 300 s$/,
    },
    {
      what: "no image of a registry that fails",
      arrange: () => (answer = 503),
      refused: /can't say: 127\S+ keeps answering 503; try again later$/,
    },
    {
      what: "no image of a registry that is down",
      arrange: () => void server.close(),
      refused: /^the registry 127\S+, asked for .* can't be reached \(127\S+: .*ECONNREFUSED/,
    },
    {
      what: "nothing while the code host fails",
      arrange: () => github.fail(faults.status(503), { path: /backend/ }),
      refused: /503/,
    },
  ];
  for (const { what, arrange, with: given, is, awaits, pin, refused } of table) {
    it(`is ${what}`, async () => {
      arrange?.();
      const asking = now(7, ...(given === undefined ? [] : [given]));
      if (refused !== undefined) {
        await assert.rejects(asking, (error: Error) => {
          assert.ok(error instanceof UserError, error.stack);
          assert.match(error.message, refused);
          return true;
        });
        return;
      }
      const { pair, missing, with: pins } = await asking;
      const [found, expected] = awaits === undefined ? [pair, is] : [missing, awaits];
      assert.deepEqual([Object.keys(pair), Object.keys(missing)], awaits === undefined ? [["api"], []] : [[], ["api"]]);
      const tagged = `${host}/myorg/api:${expected}`;
      const digest = awaits === undefined ? `@${digestOf(`/v2/myorg/api/manifests/${expected}`)}` : "";
      assert.deepEqual([found.api!.commit, found.api!.image], [expected, tagged + digest]);
      assert.ok(pin === undefined || pins.join() === pin, pins.join());
    });
  }

  it("moves all parts of a repository at once, and waits for the slowest", async () => {
    sources({ api: "myorg/backend", worker: "MyOrg/Backend" });
    assert.deepEqual(Object.keys((await now()).missing), ["api", "worker"]);
    built.add(`worker:${head}`);
    const { pair } = await now();
    assert.deepEqual([pair.api!.commit, pair.worker!.commit], [head, head]);
  });

  it("keeps the repositories of two sources apart", async () => {
    sources({ api: "myorg/backend", worker: "myorg/worker" });
    github.repository("myorg/worker").commit(base, { branch: "main" });
    built.add(`worker:${base}`);
    const { pair, with: pins } = await now();
    assert.deepEqual([pair.api!.commit, pair.worker!.commit], [head, base]);
    assert.deepEqual(pins, [pinned(head), `myorg/worker@${base}`]);
  });

  it("is the same for two pull requests that name one, and for two that name each other", async () => {
    orders.open(8, { body: line(515) });
    backend.open(515, { body: "Depends-On: https://github.com/myorg/orders/pull/7" });
    const [one, other] = [await now(7), await now(8)];
    assert.deepEqual(one.pair, other.pair);
  });

  it("is exactly what --with of its own answer gives, which ends once that has moved", async () => {
    const { pair, with: pins } = await now();
    orders.open(7, { body: "" });
    assert.deepEqual((await now(7, ...pins)).pair, pair);
    backend.push(515, loose);
    await assert.rejects(now(7, ...pins), (error: Error) => {
      assert.ok(error instanceof MovedOn);
      assert.equal(error.message, `the head of myorg/backend#515 is now ${loose}, not ${head}`);
      return true;
    });
  });

  describe("from a fork", () => {
    beforeEach(() => orders.open(7, { fork: true, body: line(515) }));

    it("isn't what a line says, which can change after an approval", async () => {
      assert.equal((await now()).pair.api!.commit, base);
      assert.ok(said.some((message) => /Depends-On in the description is ignored/.test(message)));
    });

    it("is what a file says, unless that is another branch", async () => {
      manifest('api: { pull: "myorg/backend#515" }');
      assert.equal((await now()).pair.api!.commit, head);
      backend.commit(loose, { branch: "next", parents: [base] });
      manifest("api: { branch: next }");
      await assert.rejects(
        now(),
        /^UserError: preview-overrides\.yaml:1: a pull request from a fork can't name the branch next/,
      );
    });
  });
});
