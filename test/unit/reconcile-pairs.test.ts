import assert from "node:assert/strict";
import { ownerLabels, type Pair } from "../../contract";
import { foundIn } from "../../lifecycle/inventory/found";
import { gatherAnswers } from "../../lifecycle/inventory/gather";
import { gatherChanges, resolveChange } from "../../lifecycle/reconcile/gather-changes";
import { isNoted } from "../../lifecycle/reconcile/is-noted";
import { type Plan, plan } from "../../lifecycle/reconcile/plan";
import { faults, shaOf, type StandInRepository } from "../doubles/github";
import { digest, head, m3, own, PairWorld } from "./pair-world";

const site = {
  owner: { project: "preview", product: "orders", repository: "myorg/web" },
  prefix: "",
  domain: "previews.example.com",
};
const moved = shaOf("moved");
const twoHoursAgo = new Date(Date.now() - 2 * 3600_000);

describe("reconcile and the pull requests of other repositories", () => {
  let world: PairWorld;
  beforeEach(async () => {
    world = await PairWorld.start();
  });
  afterEach(() => world.stop());

  const pairWith = (ref: object, more: object = {}): Pair => ({
    api: {
      repository: "myorg/backend",
      ref,
      commit: head,
      image: `${world.image("api", head)}@${digest}`,
      ...more,
    } as never,
  });

  /** The namespace of a preview that runs a commit of its own and, by default, myorg/backend#515. */
  function namespaceOf(number: number, given: { sha?: string; pair?: object } = {}) {
    const { sha, pair } = { sha: own, pair: pairWith({ pull: 515 }), ...given };
    const annotations: Record<string, string> = {
      ...(sha !== undefined && { "preview-stack/sha": sha }),
      "preview-stack/api": `${world.image("api", head)}@${digest}`,
      "preview-stack/web": `reg.example/web:${own}`,
      ...(pair !== undefined && { "preview-stack/pair": JSON.stringify(pair) }),
    };
    const labels = ownerLabels({ ...site.owner, pullRequest: number });
    return { name: `pr-${number}`, labels, annotations, created: "2026-11-24T12:00:00Z", terminating: false };
  }

  type Namespace = ReturnType<typeof namespaceOf>;

  const foundOf = (namespaces: Namespace[]) =>
    foundIn({ stacks: namespaces.map(({ name }) => name), namespaces, records: [] }, site);

  async function planned(namespaces: Namespace[]): Promise<Plan & { isComplete: boolean }> {
    const workspace = world.workspace();
    const found = foundOf(namespaces);
    const [answers, { changes, isComplete }] = await Promise.all([
      gatherAnswers(workspace.codeHost("myorg/web")!, found, new Date(), workspace.report),
      gatherChanges(workspace, found),
    ]);
    return { ...plan({ found, ...answers, changes }, 10), isComplete };
  }

  const asked = () => world.requests().filter((line) => !line.startsWith("GET /repos/myorg/web/"));
  const push = (repository: StandInRepository, number: number, sha = moved) => {
    repository.push(number, sha);
    repository.pullRequests.get(number)!.updatedAt = twoHoursAgo;
  };

  interface Case {
    arrange: () => Parameters<typeof namespaceOf>[1] | void;
    action: string;
    reason: string;
    commit?: { sha: string; images: object };
    /** How many requests to other repositories it takes. @default 1 */
    asks?: number;
  }
  const web = `reg.example/web:${own}`;
  const same = { sha: own, images: { web } };
  const upToDate = { action: "nothing", reason: `open, deployed with its head ${own.slice(0, 7)}` };
  const cases: Record<string, Case> = {
    "as deployed": { arrange: () => undefined, ...upToDate },
    "pushed to": {
      arrange: () => push(world.backend, 515),
      action: "redeploy",
      reason: "myorg/backend#515 has moved: deployed 6865616, head 6d6f766",
      commit: same,
    },
    merged: {
      arrange: () => world.backend.close(515, { merged: true }),
      action: "redeploy",
      reason: "myorg/backend#515 is merged",
      commit: same,
    },
    closed: {
      arrange: () => world.backend.close(515),
      action: "report",
      reason:
        "depends on myorg/backend#515, which was closed without being merged: name another pull request, or remove this one",
    },
    gone: {
      arrange: () => void world.backend.pullRequests.delete(515),
      action: "report",
      reason: "depends on myorg/backend#515: the code host has no such pull request, or its token can't see it",
    },
    "private now": {
      arrange: () => void (world.backend.isPrivate = true),
      action: "report",
      reason: "depends on myorg/backend#515: the code host has no such pull request, or its token can't see it",
    },
    "pushed to, of a preview whose own commit isn't known": {
      arrange: () => {
        push(world.backend, 515);
        return { sha: undefined };
      },
      action: "report",
      reason:
        "myorg/backend#515 has moved: deployed 6865616, head 6d6f766, but the preview's own commit isn't known; preview up 7 updates it",
    },
    "pushed to, of a preview from a fork: what was approved stays": {
      arrange: () => {
        push(world.backend, 515);
        world.web.open(7, { fork: true });
      },
      ...upToDate,
    },
    "a fork's": {
      arrange: () => {
        world.backend.open(515, { fork: true });
        push(world.backend, 515);
      },
      action: "report",
      reason: "depends on myorg/backend#515, which comes from a fork: its commits are never taken",
    },
    "pushed to, as is its own": {
      arrange: () => {
        push(world.backend, 515);
        push(world.web, 7, shaOf("own2"));
      },
      action: "redeploy",
      reason: "stale: deployed 6f776e0, head 6f776e3",
      commit: { sha: shaOf("own2"), images: { web: `reg.example/web:${shaOf("own2")}` } },
    },
    "pushed to, as is its own just now": {
      arrange: () => {
        push(world.backend, 515);
        world.web.push(7, shaOf("own2"));
      },
      action: "report",
      reason:
        "stale: deployed 6f776e0, head 6f776e3; the pull request changed within the last hour, so its own run may still be deploying",
    },
    "pushed to after its merge, which is followed no more": {
      arrange: () => {
        push(world.backend, 515);
        return { pair: pairWith({ pull: 515 }, { merged: true }) };
      },
      ...upToDate,
      asks: 0,
    },
    "none, but a branch, which isn't followed": {
      arrange: () => ({ pair: pairWith({ branch: "main" }) }),
      ...upToDate,
      asks: 0,
    },
    "unreadable, since somebody edited the annotation": {
      arrange: () => ({ pair: { api: { ...pairWith({}).api, ref: null } } }),
      ...upToDate,
      asks: 0,
    },
    "no number, since somebody edited the annotation": {
      arrange: () => ({ pair: pairWith({ pull: "1/../../../user" }) }),
      ...upToDate,
      asks: 0,
    },
  };
  for (const [name, { arrange, asks = 1, action, reason, commit }] of Object.entries(cases)) {
    it(`${action}: one that is ${name}`, async () => {
      const { rows, isComplete } = await planned([namespaceOf(7, arrange() ?? {})]);
      assert.deepEqual([rows[0]?.action, rows[0]?.reason, rows[0]?.commit], [action, reason, commit]);
      assert.equal(isComplete, true);
      assert.equal(asked().length, asks, asked().join("\n"));
    });
  }

  it("an annotation that somebody has edited is never acted on, neither to deploy nor to comment elsewhere", () => {
    const pair = pairWith({ pull: 515 });
    const images = { api: pair.api!.image, web };
    const deployed = { record: { commit: own, pair }, outputs: { images } } as never;
    const noted = { sha: own, images, pair };
    assert.equal(isNoted(deployed, JSON.parse(JSON.stringify(noted)) as typeof noted), true);
    const old = { record: undefined, outputs: { images } } as never;
    assert.equal(isNoted(old, { sha: own, images }), true);
    const edited: [unknown, object][] = [
      [deployed, { sha: undefined }],
      [deployed, { images: { ...images, web: "reg.example/web:1" } }],
      [deployed, { pair: undefined }],
      [deployed, { pair: pairWith({ pull: 515 }, { commit: m3 }) }],
      [deployed, { pair: pairWith({ pull: 515 }, { repository: "myorg/secrets" }) }],
      [deployed, { pair: { ...pair, web: pair.api } }],
      [old, {}],
    ];
    for (const [which, change] of edited) {
      assert.equal(isNoted(which as never, { ...noted, ...change }), false, JSON.stringify(change));
    }
  });

  it("no answer about one is reported, and leaves the run incomplete", async () => {
    world.github.fail(faults.status(503), { path: /backend/ });
    const { rows, isComplete } = await planned([namespaceOf(7)]);
    assert.deepEqual(
      [rows[0]?.action, rows[0]?.reason],
      ["report", "depends on myorg/backend#515: the code host didn't answer about it"],
    );
    assert.equal(isComplete, false);
    assert.match(world.said.join("\n"), /asked for pull request 515 of myorg\/backend, answers 503: it keeps failing/);
  });

  it("the images of other repositories are never passed on as given, be they a dependency's or not", async () => {
    push(world.backend, 515);
    const pair = {
      ...pairWith({ pull: 515 }),
      search: { ...pairWith({ branch: "main" }).api!, repository: "partner/search" },
    };
    const namespace = namespaceOf(7, { pair });
    namespace.annotations["preview-stack/image.search"] = "reg.example/search:1";
    namespace.annotations["preview-stack/image.worker"] = `reg.example/worker:${own}`;
    const { rows } = await planned([namespace]);
    assert.deepEqual(Object.keys(rows[0]!.commit!.images).sort(), ["web", "worker"]);
  });

  it("a preview that isn't ours, or is being deleted, asks nothing", async () => {
    const foreign = { ...namespaceOf(7), labels: {} };
    await planned([foreign, { ...namespaceOf(8), terminating: true }]);
    assert.deepEqual(asked(), []);
  });

  describe("of 200 previews, 40 of them paired,", () => {
    const all = (refOf: (number: number) => { repository?: string; pull: number }) =>
      Array.from({ length: 200 }, (_, index) => {
        const number = index + 101;
        world.web.open(number, { headSha: own });
        if (index >= 40) {
          return namespaceOf(number, { pair: undefined });
        }
        const { repository = "myorg/backend", pull } = refOf(index + 1);
        const opened = world.github.repository(repository);
        if (!opened.pullRequests.has(pull)) {
          opened.open(pull, { headSha: head });
        }
        return namespaceOf(number, { pair: pairWith({ pull }, { repository }) });
      });
    const own2 = () => world.requests().length - asked().length;

    it("takes one request more if they depend on one repository, however many pull requests that are", async () => {
      const { rows, isComplete } = await planned(all((index) => ({ pull: 1000 + index })));
      assert.deepEqual([own2(), asked().length], [3, 1]);
      assert.ok(isComplete && rows.every(({ action }) => action === "nothing"));
    });

    it("takes one request more if they all depend on one pull request", async () => {
      push(world.backend, 515);
      const { rows } = await planned(all(() => ({ pull: 515 })));
      assert.deepEqual([own2(), asked()], [3, ["GET /repos/myorg/backend/pulls/515"]]);
      assert.equal(rows.filter(({ action }) => action === "redeploy").length, 40);
    });

    it("takes one more for each that isn't open any more", async () => {
      const previews = all((index) => ({ pull: 1000 + index }));
      [1001, 1002, 1003].forEach((number) => world.backend.close(number, { merged: number < 1003 }));
      const { rows } = await planned(previews);
      assert.equal(asked().length, 4);
      assert.deepEqual(
        rows.filter(({ action }) => action !== "nothing").map(({ action }) => action),
        ["redeploy", "redeploy", "report"],
      );
    });

    it("takes one for each repository's pull request at most", async () => {
      await planned(all((index) => ({ repository: `myorg/backend-${index % 10}`, pull: 1 + (index % 3) })));
      assert.deepEqual([own2(), asked().length], [3, 30]);
    });
  });

  describe("alone", () => {
    const changeOf = async (namespace: Namespace) => {
      const workspace = world.workspace();
      const [found] = foundOf([namespace]);
      return (await resolveChange(workspace, workspace.codeHost("myorg/web")!, found!)).changes.get(7);
    };
    const line = "Depends-On: https://github.com/myorg/backend/pull/515";

    it("a preview is resolved anew, as its description is now, in at most 4 requests and its own", async () => {
      world.ask({ body: line });
      assert.equal(await changeOf(namespaceOf(7)), undefined);
      assert.equal(world.requests().length, 2);
      world.ask({ body: "" });
      assert.deepEqual(await changeOf(namespaceOf(7)), {
        moved: `paired with myorg/backend main at ${m3.slice(0, 7)} now`,
      });
      const onMain = pairWith({ branch: "main" }, { commit: m3, image: `${world.image("api", m3)}@${digest}` });
      assert.equal(await changeOf(namespaceOf(7, { pair: onMain })), undefined);
      world.ask({ body: line });
      world.backend.close(515);
      assert.deepEqual(await changeOf(namespaceOf(7)), {
        stuck:
          "the description, line 1: myorg/backend#515 was closed without being merged: name another pull request, or remove this one",
      });
    });

    it("a preview from a fork, one that is closed, or whose commit isn't known, asks nothing of others", async () => {
      world.ask({ body: line, fork: true });
      assert.equal(await changeOf(namespaceOf(7)), undefined);
      world.ask({ body: line });
      world.web.close(7);
      assert.equal(await changeOf(namespaceOf(7)), undefined);
      assert.equal(await changeOf(namespaceOf(7, { sha: undefined })), undefined);
      assert.deepEqual(asked(), []);
    });
  });
});
