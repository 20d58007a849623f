import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pair, UserError } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { resolveChange } from "../../lifecycle/reconcile/gather-changes";
import { pairForUp, type PairOfUp } from "../../lifecycle/up/pair";
import type { Workspace } from "../../lifecycle/workspace";

const [own, old, head, main] = ["1", "a", "b", "c"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const digest = `sha256:${"0".repeat(64)}`;
const line = "Depends-On: https://github.com/myorg/backend/pull/515";

const pull = (more: Partial<PullRequest> = {}): PullRequest => ({
  number: 7,
  state: "open",
  merged: false,
  headSha: own,
  branch: "main",
  body: "",
  updatedAt: new Date(0),
  fork: false,
  labels: [],
  url: "https://github.com/myorg/frontend/pull/7",
  ...more,
});

const resolved = (ref: object, commit: string, more = {}): Pair => ({
  api: { repository: "myorg/backend", ref, commit, image: `ghcr.io/myorg/api:${commit}@${digest}`, ...more } as never,
});

/** What moves meanwhile; test/unit/pair-resolution.test.ts has what a pair is resolved to. */
describe("what a pull request is paired with", () => {
  const project = mkdtempSync(join(tmpdir(), "preview-pair-"));
  before(() => {
    writeFileSync(join(project, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
    const image = "ghcr.io/myorg/api:${sha}";
    const sources = { api: { repository: "myorg/backend", branch: "main", image } };
    writeFileSync(join(project, "Pulumi.preview.yaml"), JSON.stringify({ config: { "p:sources": sources } }));
  });
  after(() => rmSync(project, { recursive: true }));

  /** The world as the code hosts and the registry have it; a test may change it meanwhile. */
  interface World {
    own: PullRequest;
    file?: string;
    other: PullRequest;
    built: string[];
  }
  const newWorld = (more: Partial<World> = {}): World => ({
    own: pull(),
    other: pull({ number: 515, headSha: old }),
    built: [old, head, main],
    ...more,
  });

  const hostOf = (world: World) =>
    ({
      repository: "myorg/frontend",
      pullRequest: () => Promise.resolve(world.own),
      file: () => Promise.resolve(world.file === undefined ? undefined : { text: world.file }),
    }) as unknown as CodeHost;

  function workspaceOf(world: World): Workspace {
    const backend: Partial<CodeHost> = {
      repository: "myorg/backend",
      pullRequest: (number) => Promise.resolve(number === 515 ? world.other : undefined),
      firstParents: () => Promise.resolve([main]),
      tagCommit: () => Promise.resolve(undefined),
      missing: (what) => new UserError(`myorg/backend has no ${what}`),
    };
    const workspace: Partial<Workspace> = {
      project,
      env: {},
      report: () => undefined,
      run: { isWorkflow: false },
      interruption: new AbortController().signal,
      otherCodeHost: () => backend as CodeHost,
      registry: () => ({
        digestOf: ({ tag = "" }) => Promise.resolve(world.built.includes(tag) ? digest : undefined),
      }),
    };
    return workspace as Workspace;
  }

  const pairOf = async (world: World, more: Partial<PairOfUp> = {}) => {
    const options = { settings: {}, images: [], sha: own, waits: false, ...more };
    return (await pairForUp(workspaceOf(world), hostOf(world), world.own, options)).pair;
  };

  describe("while its image is waited for", () => {
    const waiting = async (world: World, change: () => void) => {
      const result = pairOf(world, { waits: true, everySeconds: 0.01 });
      setTimeout(change, 20);
      return result;
    };

    it("follows what is pushed, and a description that is edited", async () => {
      const pushed = newWorld({ own: pull({ body: line }), built: [] });
      const after = waiting(pushed, () => {
        pushed.other = pull({ number: 515, headSha: head });
        pushed.built = [head];
      });
      assert.deepEqual(await after, resolved({ pull: 515 }, head));
      const edited = newWorld({ own: pull({ body: line }), built: [main] });
      assert.deepEqual(await waiting(edited, () => (edited.own = pull())), resolved({ branch: "main" }, main));
    });

    it("steps aside if its own pull request is pushed to or closed", async () => {
      for (const [change, message] of [
        [{ headSha: head }, `the head of pull request 7 is now ${head}, not ${own}`],
        [{ state: "closed" }, "pull request 7 is closed"],
      ] as const) {
        const world = newWorld({ own: pull({ body: line }), built: [] });
        const after = waiting(world, () => (world.own = pull(change)));
        await assert.rejects(after, { name: "MovedOn", message });
      }
    });
  });

  describe("is compared, for one preview, with what is deployed:", () => {
    const deployed = resolved({ branch: "main" }, main);
    const changeOf = async (world: World, pair = deployed) => {
      const record = { sha: own, pair, images: { web: "web", api: pair.api?.image ?? "api" } };
      const found = {
        pullRequest: 7,
        name: "pr-7",
        hasStack: true,
        records: [],
        namespace: { terminating: false, record },
      };
      const { changes } = await resolveChange(workspaceOf(world), hostOf(world), found as never);
      return changes.get(7);
    };
    const table: [what: string, world: Partial<World>, change: object | undefined, pair?: Pair][] = [
      ["the same", {}, undefined],
      [
        "a line that was added",
        { own: pull({ body: line }) },
        { moved: `paired with myorg/backend#515 at ${old.slice(0, 7)} now` },
      ],
      ["a fork's, never", { own: pull({ body: line, fork: true }) }, undefined],
      ["an image given by hand stays", { own: pull({ body: line }) }, undefined, {}],
      [
        "an image that isn't built yet, which the update waits for",
        { own: pull({ body: line }), built: [main] },
        {
          moved: `not built yet: ghcr.io/myorg/api:${old} of myorg/backend#515; look at that repository's build of this commit`,
        },
      ],
    ];
    for (const [what, world, change, pair] of table) {
      it(what, async () => {
        assert.deepEqual(await changeOf(newWorld(world), pair), change);
      });
    }

    it("what can't be", async () => {
      const change = await changeOf(newWorld({ file: "api: { tag: v3 }" }));
      assert.match((change as { stuck: string }).stuck, /has no tag v3/);
    });
  });
});
