import assert from "node:assert/strict";
import { type Dependency, parseWith, type Ref } from "../../contract";
import { asText } from "../../cli/commands/resolve";
import { pairNow } from "../../lifecycle/pairs";
import { faults, shaOf } from "../doubles/github";
import { digest, head, m1, m2, m3, own, PairWorld } from "./pair-world";

const line = "Depends-On: https://github.com/myorg/backend/pull/515";
const file = 'api: { pull: "myorg/backend#515" }';
const manifest = `GET /repos/myorg/web/contents/preview-overrides.yaml?ref=${own}`;
const pull515 = "GET /repos/myorg/backend/pulls/515";
const history = (branch = "main") => `GET /repos/myorg/backend/commits?sha=refs%2Fheads%2F${branch}&per_page=100`;
const compared = (commit: string) => `GET /repos/myorg/backend/compare/refs/heads/main...${commit}?per_page=1`;
const pullsOf = (commit: string) => `GET /repos/myorg/backend/commits/${commit}/pulls?per_page=100`;
const tagged = (tag: string) => `GET /repos/myorg/backend/commits/tags/${tag}`;
const hidden =
  "GITHUB_TOKEN can't see it: a workflow's own token reads no other private repository; a GitHub App does (docs/pairs.md)";
const noPull = (number: number) =>
  `HOST has no pull request ${number} in myorg/backend: there is nothing of that number or only an issue, or ${hidden}`;
const pins = (...texts: string[]): Dependency[] => texts.map(parseWith);

describe("a pair, by the code host and the registry", () => {
  let world: PairWorld;
  beforeEach(async () => {
    world = await PairWorld.start();
  });
  afterEach(() => world.stop());

  /** What the api is resolved to. */
  const api = (ref: Ref, commit: string, more: { merged?: true } = {}) => ({
    repository: "myorg/backend",
    ref,
    ...more,
    commit,
    image: `${world.image("api", commit)}@${digest}`,
  });
  const merge = (count = 0) => {
    world.backend.close(515, { merged: true });
    for (let index = 1; index <= count; index += 1) {
      world.backend.commit(shaOf(`later${index}`), { branch: "main" });
    }
  };
  const merged = shaOf("515.merged");

  interface Case {
    arrange: () => void;
    ref: Ref;
    commit: string;
    merged?: true;
    requests: string[];
    commandLine?: Dependency[];
  }
  const resolved: Record<string, Case> = {
    "the newest commit of the branch if nothing is said": {
      arrange: () => undefined,
      ref: { branch: "main" },
      commit: m3,
      requests: [manifest, history()],
    },
    "the newest commit that has an image": {
      arrange: () => ["m2", "m3"].forEach((name) => world.built.delete(`myorg/api:${shaOf(name)}`)),
      ref: { branch: "main" },
      commit: m1,
      requests: [manifest, history()],
    },
    "no commit that a merge brought": {
      arrange: () => {
        world.backend.commit(shaOf("side"), { parents: [m2] });
        world.backend.commit(shaOf("merge"), { branch: "main", parents: [m3, shaOf("side")] });
        world.build("api", shaOf("side"));
      },
      ref: { branch: "main" },
      commit: m3,
      requests: [manifest, history()],
    },
    "an open pull request's head": {
      arrange: () => world.ask({ file }),
      ref: { pull: 515 },
      commit: head,
      requests: [manifest, pull515],
    },
    "a pull request named in another case of letters": {
      arrange: () => world.ask({ file: 'api: { pull: "MyOrg/BackEnd#515" }' }),
      ref: { pull: 515 },
      commit: head,
      requests: [manifest, pull515],
    },
    "the pull request in the description": {
      arrange: () =>
        world.ask({ body: `Adds the login.\r\n\r\n${line.replace("myorg/backend", "MyOrg/Backend")}\r\n` }),
      ref: { pull: 515 },
      commit: head,
      requests: [manifest, pull515],
    },
    "a pull request that was force-pushed": {
      arrange: () => {
        world.ask({ file });
        world.backend.commit(shaOf("forced"), { parents: [m1] });
        world.backend.push(515, shaOf("forced"));
        world.build("api", shaOf("forced"));
      },
      ref: { pull: 515 },
      commit: shaOf("forced"),
      requests: [manifest, pull515],
    },
    "a merge commit's image once it is merged": {
      arrange: () => {
        world.ask({ file });
        merge();
        world.build("api", merged);
      },
      ref: { pull: 515 },
      commit: merged,
      merged: true,
      requests: [manifest, pull515, history()],
    },
    "the image of a newer commit of the branch": {
      arrange: () => {
        world.ask({ file });
        merge(3);
        world.build("api", merged, shaOf("later2"));
      },
      ref: { pull: 515 },
      commit: shaOf("later2"),
      merged: true,
      requests: [manifest, pull515, history()],
    },
    "an image of the branch where the merge is older than its last 100 commits": {
      arrange: () => {
        world.ask({ file });
        merge(120);
        world.build("api", shaOf("later101"));
      },
      ref: { pull: 515 },
      commit: shaOf("later101"),
      merged: true,
      requests: [manifest, pull515, history()],
    },
    "a commit on the branch": {
      arrange: () => world.ask({ file: `api: { commit: "${m1}" }` }),
      ref: { commit: m1 },
      commit: m1,
      requests: [manifest, compared(m1)],
    },
    "a commit that is an open pull request's head": {
      arrange: () => world.ask({ file: `api: { commit: "${head}" }` }),
      ref: { commit: head },
      commit: head,
      requests: [manifest, compared(head), pullsOf(head)],
    },
    "a commit of a repository that was renamed": {
      arrange: () => {
        world.ask({ file: `api: { commit: "${head}" }` });
        world.backend.rename("myorg/server");
      },
      ref: { commit: head },
      commit: head,
      requests: [
        manifest,
        compared(head),
        compared(head).replace("repos/myorg/backend", "repositories/11"),
        pullsOf(head),
        pullsOf(head).replace("repos/myorg/backend", "repositories/11"),
        "GET /repos/myorg/backend",
        "GET /repositories/11",
      ],
    },
    "a tag's commit": {
      arrange: () => {
        world.ask({ file: "api: { tag: release/v1.2 }" });
        world.backend.tags.set("release/v1.2", m2);
      },
      ref: { tag: "release/v1.2" },
      commit: m2,
      requests: [manifest, tagged("release/v1.2"), compared(m2)],
    },
    "another branch's newest commit": {
      arrange: () => {
        world.ask({ file: 'api: { branch: "next+1" }' });
        world.backend.commit(shaOf("next"), { branch: "next+1", parents: [m1] });
        world.build("api", shaOf("next"));
      },
      ref: { branch: "next+1" },
      commit: shaOf("next"),
      requests: [manifest, history("next%2B1")],
    },
    "what a fork's file says, at its head": {
      arrange: () => world.ask({ file, fork: true }),
      ref: { pull: 515 },
      commit: head,
      requests: [manifest, pull515],
    },
    "what the file says, before the description": {
      arrange: () => world.ask({ file: `api: { commit: "${m1}" }`, body: line }),
      ref: { commit: m1 },
      commit: m1,
      requests: [manifest, compared(m1)],
    },
    "what the command line says; the file isn't even read": {
      arrange: () => world.ask({ file: "not: [valid", body: `${line}!` }),
      commandLine: pins(`MYORG/backend#515@${head}`),
      ref: { pull: 515 },
      commit: head,
      requests: [pull515],
    },
    "the commit that the command line pins": {
      arrange: () => world.ask({ file }),
      commandLine: pins(`myorg/backend@${m1}`),
      ref: { commit: m1 },
      commit: m1,
      requests: [compared(m1)],
    },
  };
  for (const [name, { arrange, ref, commit, requests, commandLine, ...more }] of Object.entries(resolved)) {
    it(`is ${name}`, async () => {
      arrange();
      const { pair, missing } = await world.now(commandLine);
      assert.deepEqual([pair, missing], [{ api: api(ref, commit, more) }, {}]);
      assert.deepEqual(world.requests(), requests);
      assert.ok(name.includes("renamed") || requests.length <= 4);
      assert.deepEqual(await world.up({ with: commandLine }), pair);
    });
  }

  it("of an up says what it deploys before the cluster is asked, and is asked for by ETags the second time", async () => {
    world.ask({ file });
    await world.up();
    await world.up();
    assert.deepEqual(
      world.github.requests.map(({ status }) => status),
      [200, 200, 200, 304, 304, 304],
    );
  });

  it("is found among at most 20 commits of the branch", async () => {
    const commits = Array.from({ length: 30 }, (_, index) =>
      world.backend.commit(shaOf(`c${index}`), { branch: "main" }),
    );
    const newest = commits.slice(-20).reverse();
    world.build("api", newest.at(-1)!);
    assert.equal((await world.now()).pair.api?.commit, newest.at(-1));
    world.built.delete(`myorg/api:${newest.at(-1)}`);
    world.asked.length = 0;
    assert.equal(
      await world.messageOf(world.now()),
      "UserError: the setting sources: none of the 20 newest commits of branch main of myorg/backend is built: the " +
        `registry doesn't have REGISTRY/myorg/api:${newest[0]} or older ones; look at that repository's builds and at the setting sources.api.image`,
    );
    assert.deepEqual(
      world.asked,
      newest.map((commit) => `myorg/api:${commit}`),
    );
  });

  describe("of a source with two parts", () => {
    beforeEach(() => {
      world.setSources({ api: "myorg/backend", collab: "MyOrg/Backend" });
      world.build("collab", m1);
    });

    it("takes the newest commit that has both images", async () => {
      const { pair } = await world.now();
      assert.deepEqual(
        Object.entries(pair).map(([part, { commit, repository }]) => [part, commit, repository]),
        [
          ["api", m1, "myorg/backend"],
          ["collab", m1, "myorg/backend"],
        ],
      );
    });

    it("takes one that has a single image where the command line gives the other", async () => {
      assert.equal((await world.up({ images: ["collab"] })).api?.commit, m3);
      assert.deepEqual(await world.up({ images: ["collab", "api"] }), {});
    });

    it("names the images that aren't built yet, and only those", async () => {
      world.ask({ file });
      const { pair, missing, with: pinned } = await world.now();
      assert.deepEqual([Object.keys(pair), Object.keys(missing)], [["api"], ["collab"]]);
      assert.deepEqual(pinned, [`myorg/backend#515@${head}`]);
      assert.equal(
        await world.messageOf(world.up()),
        `NotBuilt: not built yet: REGISTRY/myorg/collab:${head} of myorg/backend#515; look at that repository's build of this commit`,
      );
    });

    it("moves both parts with a dependency of one", async () => {
      world.ask({ file: `collab: { commit: "${m1}" }` });
      assert.deepEqual(
        Object.values((await world.up()) as object).map(({ ref, commit }: { ref: Ref; commit: string }) => [
          ref,
          commit,
        ]),
        [
          [{ commit: m1 }, m1],
          [{ commit: m1 }, m1],
        ],
      );
    });

    it("is refused where the two are to be different", async () => {
      world.ask({ file: `${file}\ncollab: { branch: main }` });
      assert.equal(
        await world.messageOf(world.up()),
        "UserError: preview-overrides.yaml:2: asks for branch main of myorg/backend, but preview-overrides.yaml:1 asks for pull " +
          "request 515; all parts of a repository come from one commit",
      );
    });
  });

  it("of two repositories is resolved in each of them", async () => {
    const search = world.github.repository("partner/search");
    search.commit(shaOf("s1"), { branch: "main" });
    search.open(4, { headSha: shaOf("s2") });
    world.build("search", shaOf("s1"), shaOf("s2"));
    world.setSources({ api: "myorg/backend", search: "partner/search" });
    world.ask({ body: `${line}\n- depends-on: https://github.com/partner/search/pull/4` });
    const { pair, with: pinned } = await world.now();
    assert.deepEqual([pair.api?.commit, pair.search?.commit], [head, shaOf("s2")]);
    assert.deepEqual(pinned, [`myorg/backend#515@${head}`, `partner/search#4@${shaOf("s2")}`]);
    assert.equal(world.requests().length, 3);
    world.ask({ file: `search: { commit: "${shaOf("s1")}" }`, body: line });
    const { pair: mixed } = await world.now();
    assert.deepEqual([mixed.api?.commit, mixed.search?.commit], [head, shaOf("s1")]);
  });

  it("of two that name each other are the same digests, without a cycle", async () => {
    // The backend's own copy of this platform has the web for a source, and reads only its pull request's file.
    world.backend.commit(head, { parents: [m3], files: { "preview-overrides.yaml": 'web: { pull: "myorg/web#7" }' } });
    world.ask({ file });
    assert.equal((await world.up()).api?.commit, head);
    assert.ok(!world.requests().some((one) => one.includes("/backend/contents")));
  });

  it("of two pull requests on the same one is the same commit, and each can go on alone", async () => {
    world.ask({ file });
    const first = await world.up();
    world.web.open(8, { headSha: shaOf("own8"), body: line });
    const workspace = world.workspace();
    assert.deepEqual((await pairNow(workspace, 8, { commandLine: [] })).pair, first);
  });

  it("follows a line that is edited, at the next up", async () => {
    world.ask({ body: line });
    assert.equal((await world.up()).api?.commit, head);
    world.ask({ body: `~~${line}~~` });
    assert.equal((await world.up()).api?.commit, m3);
  });

  describe("is refused:", () => {
    const fork = () => world.backend.open(515, { fork: true });
    const onBranch = (commit: string) =>
      `the commit ${commit} is neither on main of myorg/backend nor the head of an open pull request there (those of forks don't ` +
      "count): name one that is";
    const unseen = `it doesn't exist, or ${hidden}`;
    const evil = shaOf("evil");
    const make = (sha: string) => world.backend.commit(sha, { parents: [m1] });
    const table: [what: string, arrange: () => void, message: string][] = [
      [
        "a pull request from a fork",
        () => {
          world.ask({ file });
          fork();
        },
        "preview-overrides.yaml:1: myorg/backend#515 comes from a fork, whose commits are never taken: name a pull request from a " +
          "branch of myorg/backend",
      ],
      [
        "one that was closed",
        () => {
          world.ask({ body: `\n\n${line}` });
          world.backend.close(515);
        },
        "the description, line 3: myorg/backend#515 was closed without being merged: name another pull request, or remove this one",
      ],
      [
        "one that was merged into another branch",
        () => {
          world.ask({ file: `# the new login\n${file}` });
          world.backend.open(515, { branch: "next" });
          world.backend.close(515, { merged: true });
        },
        "preview-overrides.yaml:2: myorg/backend#515 was merged into next, not into main: name a branch or a commit that has it",
      ],
      [
        "an issue's number, or nothing's",
        () => world.ask({ file: 'api: { pull: "myorg/backend#3" }' }),
        `preview-overrides.yaml:1: ${noPull(3)}`,
      ],
      [
        "a commit of no branch",
        () => world.ask({ file: `api:\n  commit: ${make(shaOf("loose"))}` }),
        `preview-overrides.yaml:2: ${onBranch(shaOf("loose"))}`,
      ],
      [
        "a commit that GitHub doesn't know",
        () => world.ask({ file: `api: { commit: "${evil}" }` }),
        `preview-overrides.yaml:1: ${onBranch(evil)}`,
      ],
      [
        "a commit of a fork, for which GitHub answers",
        () => {
          const forked = world.github.repository("stranger/backend", { forkOf: world.backend });
          forked.open(1, { headSha: forked.commit(evil, { branch: "main", parents: [m3] }) });
          world.ask({ file: `api: { commit: "${evil}" }` });
        },
        `preview-overrides.yaml:1: ${onBranch(evil)}`,
      ],
      [
        "the head of a fork's pull request",
        () => {
          world.ask({ file: `api: { commit: "${head}" }` });
          fork();
        },
        `preview-overrides.yaml:1: ${onBranch(head)}`,
      ],
      [
        "a former head of an open pull request",
        () => {
          world.ask({ file: `api: { commit: "${head}" }` });
          world.backend.commit(shaOf("second"), { parents: [head] });
          world.backend.push(515, shaOf("second"));
        },
        `preview-overrides.yaml:1: ${onBranch(head)}`,
      ],
      [
        "a tag off the branch",
        () => {
          world.ask({ file: "api: { tag: v1.2 }" });
          world.backend.tags.set("v1.2", head);
        },
        `preview-overrides.yaml:1: the tag v1.2 of myorg/backend is the commit ${head}, which isn't on main: name a tag that is`,
      ],
      [
        "a tag that isn't there",
        () => world.ask({ file: "api: { tag: v1.2 }" }),
        `preview-overrides.yaml:1: HOST has no tag v1.2 in myorg/backend: ${unseen}`,
      ],
      [
        "a branch that isn't there",
        () => world.ask({ file: "api: { branch: next }" }),
        `preview-overrides.yaml:1: HOST has no branch next in myorg/backend: ${unseen}`,
      ],
      [
        "a branch of the settings that isn't there",
        () => world.backend.branches.delete("main"),
        `the setting sources: HOST has no branch main in myorg/backend: ${unseen}`,
      ],
      [
        "a branch without images",
        () => {
          world.ask({ file: "api: { branch: next }" });
          world.backend.commit(shaOf("n1"), { branch: "next", parents: [] });
        },
        `preview-overrides.yaml:1: the newest commit of branch next of myorg/backend isn't built: the registry ` +
          `doesn't have REGISTRY/myorg/api:${shaOf("n1")}; look at that repository's builds and at the setting sources.api.image`,
      ],
      [
        "a repository that isn't a source",
        () => world.ask({ body: "Depends-On: https://github.com/myorg/secrets/pull/1" }),
        'the description, line 1: the setting sources has no repository "myorg/secrets"; known: myorg/backend',
      ],
      [
        "another branch for a fork, since no --with says it",
        () => world.ask({ file: "api: { branch: next }", fork: true }),
        "preview-overrides.yaml:1: a pull request from a fork can't name the branch next of myorg/backend: name a pull request, or a " +
          "commit or a tag on main",
      ],
      [
        "a file that is too large",
        () => world.ask({ file: `${file}\n${"#".repeat(17_000)}` }),
        `preview-overrides.yaml at ${own}: must have at most 16384 bytes`,
      ],
      [
        "a file that isn't text",
        () => world.ask({ file: Buffer.from([0x61, 0xff]) }),
        `preview-overrides.yaml at ${own}: must be text in UTF-8`,
      ],
      [
        "a folder",
        () => world.web.commit(own, { parents: [], files: { "preview-overrides.yaml/a": "" } }),
        `preview-overrides.yaml at ${own}: must be a file, not a folder, a submodule or a link to one`,
      ],
      [
        "what isn't YAML, of a fork too",
        () => world.ask({ file: "api: {\n", fork: true }),
        "preview-overrides.yaml:2: not YAML: Flow map in block collection must be sufficiently indented and end with a }",
      ],
      [
        "an unknown key",
        () => world.ask({ file: 'api:\n  pul: "myorg/backend#515"' }),
        'preview-overrides.yaml:2: api: unknown key "pul"; known: pull, commit, tag, branch',
      ],
      [
        "a part that isn't there",
        () => world.ask({ file: "# all of it\nworker: { tag: v1 }", fork: true }),
        'preview-overrides.yaml:2: the setting sources has no part "worker"; known: api',
      ],
    ];
    for (const [what, arrange, message] of table) {
      it(what, async () => {
        arrange();
        assert.equal(await world.messageOf(world.up()), `UserError: ${message}`);
        assert.ok(world.requests().length <= 4);
      });
    }

    it("what --with names and isn't there, or isn't a source's", async () => {
      const refused = (text: string) => world.messageOf(world.up({ with: pins(text) }));
      assert.equal(await refused("myorg/backend#3"), `UserError: --with: ${noPull(3)}`);
      assert.equal(
        await refused("myorg/secrets#3"),
        'UserError: --with: the setting sources has no repository "myorg/secrets"; known: myorg/backend',
      );
      assert.equal(await refused(`myorg/backend@${evil}`), `UserError: --with: ${onBranch(evil)}`);
    });
  });

  describe("of a private repository", () => {
    beforeEach(() => {
      world.backend.isPrivate = true;
      world.ask({ file });
    });

    it("is refused without an App, and said once", async () => {
      const message = `UserError: preview-overrides.yaml:1: ${noPull(515)}`;
      assert.equal(await world.messageOf(world.up()), message);
      assert.equal(await world.messageOf(world.up()), message);
      assert.deepEqual(world.said, [
        "other repositories are read with GITHUB_TOKEN, since PREVIEW_APP_ID isn't set: a workflow's own token reads public ones " +
          "only (docs/pairs.md)",
      ]);
    });

    it("is read with an App's token, for two requests more", async () => {
      world.env = { ...world.env, ...world.github.app.env };
      world.github.app.install(["myorg/backend"]);
      assert.equal((await world.up()).api?.commit, head);
      assert.deepEqual(world.said, []);
      assert.deepEqual(world.requests().filter((one) => /access_tokens|installation/.test(one)).length, 2);
      assert.equal(world.requests().length, 4);
    });
  });

  describe("of a fork's pull request", () => {
    it("ignores the description and says so, be it right or wrong", async () => {
      for (const body of [line, "Depends-On: the other one"]) {
        world.said.length = 0;
        world.ask({ body, fork: true });
        assert.deepEqual((await world.up()).api?.ref, { branch: "main" });
        assert.ok(
          world.said.includes(
            "the description: Depends-On is ignored in a pull request from a fork, since a description can change after an " +
              "approval; preview-overrides.yaml counts",
          ),
          world.said.join("\n"),
        );
      }
    });

    it("is refused in a workflow unless it is pinned, and then is exactly that", async () => {
      world.ask({ file, fork: true });
      world.isWorkflow = true;
      const unpinned =
        "UserError: pull request 7 comes from a fork, so its approval must cover what it is paired with: run preview resolve 7 " +
        "before, and pass on the --with that it prints; that of myorg/backend is missing";
      assert.equal(await world.messageOf(world.up()), unpinned);
      assert.equal(await world.messageOf(world.up({ with: pins("myorg/backend#515") })), unpinned);
      assert.deepEqual(await world.up({ images: ["api"] }), {});
      const pinned = pins(...(await world.now()).with);
      assert.equal((await world.up({ with: pinned })).api?.commit, head);
    });

    it("that is pinned steps aside once the other one is pushed or merged, and fails once it is closed", async () => {
      world.ask({ file, fork: true });
      world.isWorkflow = true;
      const pinned = { with: pins(`myorg/backend#515@${head}`) };
      world.backend.push(515, shaOf("second"));
      assert.equal(
        await world.messageOf(world.up(pinned)),
        `MovedOn: the head of myorg/backend#515 is now ${shaOf("second")}, not ${head}`,
      );
      world.backend.close(515, { merged: true });
      world.build("api", merged);
      assert.equal(
        await world.messageOf(world.up(pinned)),
        `MovedOn: myorg/backend#515 is merged now, so ${head} is no longer what it stands for`,
      );
      world.backend.close(515);
      assert.equal(
        await world.messageOf(world.up(pinned)),
        "UserError: --with: myorg/backend#515 was closed without being merged: name another pull request, or remove this one",
      );
    });

    it("that was merged is pinned to the branch's commit", async () => {
      world.ask({ file, fork: true });
      merge(1);
      world.build("api", shaOf("later1"));
      assert.deepEqual((await world.now()).with, [`myorg/backend@${shaOf("later1")}`]);
    });
  });

  describe("as preview resolve prints it", () => {
    it("has a row for each part, and the command that deploys it", async () => {
      world.setSources({ api: "myorg/backend", collab: "myorg/backend" });
      world.ask({ file });
      assert.deepEqual(asText(await world.now()).split("\n"), [
        `api     myorg/backend#515 at ${head}`,
        `        ${world.image("api", head)}@${digest}`,
        `collab  myorg/backend#515 at ${head}`,
        `        ${world.image("collab", head)}, not built yet`,
        `preview up 7 … --with myorg/backend#515@${head} deploys exactly this`,
      ]);
      merge();
      world.build("api", merged);
      world.build("collab", merged);
      assert.deepEqual(
        asText(await world.now())
          .split("\n")
          .filter((_, index) => index % 2 === 0),
        [
          `api     myorg/backend#515, merged, at ${merged}`,
          `collab  myorg/backend#515, merged, at ${merged}`,
          `preview up 7 … --with myorg/backend@${merged} deploys exactly this`,
        ],
      );
    });

    it("has no such command for another branch, whose commits --with doesn't take", async () => {
      world.ask({ file: "api: { branch: next }" });
      world.backend.commit(shaOf("next"), { branch: "next", parents: [m1] });
      world.build("api", shaOf("next"));
      const now = await world.now();
      assert.deepEqual(now.with, []);
      assert.equal(
        asText(now),
        `api  myorg/backend next at ${shaOf("next")}\n     ${world.image("api", shaOf("next"))}@${digest}`,
      );
    });

    it("says that there is nothing where there are no sources", async () => {
      world.setSources({});
      const now = await world.now();
      assert.equal(asText(now), "no part comes from another repository: the setting sources names none");
      assert.deepEqual(now, { pullRequest: 7, sha: own, pair: {}, missing: {}, with: [] });
    });

    it("is what up takes: its pins give the same pair", async () => {
      world.backend.tags.set("v1", m2);
      for (const text of [undefined, file, "api: { tag: v1 }", `api: { commit: "${m1}" }`]) {
        world.ask({ file: text });
        const { pair, with: pinned } = await world.now();
        const deployed = await world.up({ with: pins(...pinned) });
        assert.deepEqual([deployed.api?.commit, deployed.api?.image], [pair.api?.commit, pair.api?.image]);
      }
    });
  });

  describe("fails, and says why, if", () => {
    beforeEach(() => world.ask({ file }));
    const answers = (status: number, headers: Record<string, string> = {}) => {
      world.answer = (response) => response.writeHead(status, headers).end();
    };
    const asked = `the registry REGISTRY, asked for the image REGISTRY/myorg/api:${head},`;
    const table: [what: string, arrange: () => void, message: string][] = [
      [
        "the registry is down",
        () => (world.answer = (response) => response.destroy()),
        `UserError: ${asked} can't be reached (REGISTRY: UND_ERR_SOCKET): check the image's name and that this machine can ` +
          "reach the registry, then try again",
      ],
      [
        "the registry answers 401",
        () => answers(401, { "www-authenticate": 'Basic realm="x"' }),
        `UserError: ${asked} answers 401: it was asked without a login; check the image's name and, if it is private, run docker ` +
          "login REGISTRY first",
      ],
      [
        "the registry answers 429",
        () => answers(429, { "retry-after": "3600" }),
        `UserError: ${asked} answers 429: too many requests; try again in 3600 s`,
      ],
      [
        "the registry answers 503",
        () => answers(503),
        `UserError: ${asked} can't say: REGISTRY keeps answering 503; try again later`,
      ],
      [
        "the image isn't there",
        () => world.built.clear(),
        `NotBuilt: not built yet: REGISTRY/myorg/api:${head} of myorg/backend#515; look at that repository's build of this commit`,
      ],
      [
        "the code host fails",
        () => world.github.fail(faults.status(503), { path: /backend/ }),
        "UserError: preview-overrides.yaml:1: HOST, asked for pull request 515 of myorg/backend, answers 503: it keeps failing after " +
          "several retries; see https://www.githubstatus.com and try again later",
      ],
    ];
    for (const [what, arrange, message] of table) {
      it(what, async () => {
        arrange();
        assert.equal(await world.messageOf(world.up()), message);
      });
    }

    it("none of the commits since a merge is built, which is waited for", async () => {
      merge(2);
      const newest = shaOf("later2");
      assert.equal(
        await world.messageOf(world.up()),
        `NotBuilt: not built yet: REGISTRY/myorg/api:${newest} of myorg/backend#515; look at that repository's build of this commit`,
      );
      assert.deepEqual(
        world.asked,
        ["later2", "later1", "515.merged"].map((name) => `myorg/api:${shaOf(name)}`),
      );
    });

    it("no code host is configured", async () => {
      world.env = {};
      assert.equal(
        await world.messageOf(world.up()),
        "UserError: other repositories build api, and no code host is configured to ask about them: set the setting repository and " +
          "the variable GITHUB_TOKEN, or give these images on the command line",
      );
      assert.equal(
        await world.messageOf(world.now()),
        "UserError: no code host is configured to ask about pull request 7: set the setting repository and the variable GITHUB_TOKEN",
      );
    });

    it("--with names what the command line gives by image", async () => {
      world.setSources({ api: "myorg/backend", search: "partner/search" });
      assert.equal(
        await world.messageOf(world.up({ with: pins("myorg/backend#515"), images: ["api"] })),
        "UserError: --with: nothing is left to take from myorg/backend, since the command line gives all its images; leave out the " +
          "one or the other",
      );
    });

    it("there is nothing to pair", async () => {
      world.setSources({});
      assert.deepEqual(await world.up(), {});
      assert.equal(
        await world.messageOf(world.up({ with: pins("myorg/backend#515") })),
        'UserError: --with: the setting sources has no repository "myorg/backend"; known: none, since it is empty',
      );
    });

    it("the pull request isn't there, or its head is another one", async () => {
      assert.equal(
        await world.messageOf(world.now([], m1)),
        `UserError: the head of pull request 7 is now ${own}, not ${m1}`,
      );
      world.web.pullRequests.delete(7);
      assert.match(await world.messageOf(world.now()), /^UserError: HOST has no pull request 7 in myorg\/web: /);
    });
  });
});
