import assert from "node:assert/strict";
import { parseWith } from "../../contract";
import { refuseEdited, refuseMoved } from "../../lifecycle/pairs";
import { shaOf } from "../doubles/github";
import { head, m1, m3, own, PairWorld } from "./pair-world";

const second = shaOf("second");
const file = 'api: { pull: "myorg/backend#515" }';

describe("a pair, when something moves between two requests", () => {
  let world: PairWorld;
  beforeEach(async () => {
    world = await PairWorld.start();
    world.ask({ file });
    world.build("api", second);
  });
  afterEach(() => world.stop());

  /** Something happens immediately before a request is answered. */
  const before = (path: RegExp, happens: () => void) =>
    world.github.fail(
      (next) => {
        happens();
        return next();
      },
      { times: 1, path },
    );
  const refused = async () => {
    const pair = await world.up();
    world.github.requests.length = 0;
    return { pair, again: () => world.messageOf(refuseMoved(pair, world.workspace().otherCodeHost)) };
  };

  it("is checked once more under the lock, in one request that costs nothing", async () => {
    world.setSources({ api: "myorg/backend", collab: "myorg/backend" });
    world.build("collab", head);
    const { pair } = await refused();
    await refuseMoved(pair, world.workspace().otherCodeHost);
    assert.deepEqual(
      world.github.requests.map(({ line, status }) => [line, status]),
      [["GET /repos/myorg/backend/pulls/515", 304]],
    );
  });

  const moves: Record<string, () => void> = {
    "is pushed to": () => world.backend.push(515, second),
    "is merged": () => world.backend.close(515, { merged: true }),
    "is closed": () => world.backend.close(515),
    vanishes: () => void world.backend.pullRequests.delete(515),
  };
  for (const [what, move] of Object.entries(moves)) {
    it(`is resolved anew if the other pull request ${what} while the lock is waited for`, async () => {
      const { again } = await refused();
      move();
      assert.equal(await again(), "PairMoved: myorg/backend#515 has moved on meanwhile");
    });
  }

  it("is resolved anew if the description is edited while the lock is waited for, unless it doesn't count", async () => {
    const line = "Depends-On: https://github.com/myorg/backend/pull/515";
    const lateBy = async (fork: boolean, options = {}) => {
      world.ask({ body: line, fork });
      const { pair, description } = await world.pairForUp(options);
      assert.equal(pair.api?.commit, fork ? m3 : head);
      const now = () => world.workspace().codeHost("myorg/web")!.pullRequest(7);
      refuseEdited(description, await now());
      world.ask({ body: "", fork });
      return world.messageOf(now().then((found) => refuseEdited(description, found)));
    };
    assert.equal(await lateBy(false), "PairMoved: the description of pull request 7 was edited meanwhile");
    assert.equal(await lateBy(true), "Error: nothing was refused");
    world.setSources({});
    world.ask({ body: line });
    assert.equal((await world.pairForUp()).description, undefined);
  });

  it("takes the description of its last look", async () => {
    world.built.clear();
    world.answer = (response) => {
      world.ask({ body: "after" });
      world.build("api", m3);
      world.answer = undefined;
      response.writeHead(404).end();
    };
    world.ask({ body: "Depends-On: https://github.com/myorg/backend/pull/515" });
    const { description } = await world.pairForUp({ waits: true, everySeconds: 0.01 });
    assert.equal(description, "after");
  });

  it("isn't asked about again if nothing of it is followed", async () => {
    world.backend.tags.set("v1", m1);
    for (const text of [undefined, "api: { tag: v1 }", `api: { commit: "${m1}" }`, "api: { branch: main }"]) {
      world.ask({ file: text });
      const { again } = await refused();
      assert.equal(await again(), "Error: nothing was refused");
      assert.deepEqual(world.requests(), []);
    }
    world.ask({ file });
    world.backend.close(515, { merged: true });
    world.build("api", shaOf("515.merged"));
    const { again } = await refused();
    world.backend.commit(second, { branch: "main" });
    assert.equal(await again(), "Error: nothing was refused");
  });

  it("takes the file of the commit that is deployed, not of one that is pushed meanwhile", async () => {
    before(/contents/, () => {
      world.web.commit(shaOf("own2"), {
        parents: [own],
        files: { "preview-overrides.yaml": `api: { commit: "${m1}" }` },
      });
      world.web.push(7, shaOf("own2"));
    });
    assert.equal((await world.up()).api?.commit, head);
  });

  it("takes commit and image of one look, when the other is pushed to between the two", async () => {
    world.answer = (response) => {
      world.backend.push(515, second);
      world.answer = undefined;
      response.writeHead(404).end();
    };
    assert.equal((await world.up({ waits: true, everySeconds: 0.01 })).api?.commit, second);
    assert.deepEqual(world.asked, [`myorg/api:${head}`, `myorg/api:${second}`]);
  });

  it("never takes a head that became a fork's, or a commit that left the branch", async () => {
    before(/pulls\/515/, () => void world.backend.open(515, { fork: true }));
    assert.match(await world.messageOf(world.up()), /comes from a fork/);
    world.ask({ file: `api: { commit: "${m1}" }` });
    before(/compare/, () =>
      world.backend.branches.set("main", world.backend.commit(shaOf("rewritten"), { parents: [] })),
    );
    assert.match(
      await world.messageOf(world.up()),
      /is neither on main of myorg\/backend nor the head of an open pull request/,
    );
  });

  it("that a fork's approval pins is that or nothing, whatever moves and whenever", async () => {
    world.ask({ file, fork: true });
    world.isWorkflow = true;
    const options = { with: [parseWith(`myorg/backend#515@${head}`)], waits: true, everySeconds: 0.01 };
    const stale = [
      () => world.backend.push(515, second),
      () => world.backend.close(515, { merged: true }),
      () => world.ask({ file, fork: true, body: "Depends-On: https://github.com/myorg/backend/pull/1" }),
    ];
    const ends = [];
    for (const move of stale) {
      world.backend.open(515, { headSha: head, merged: false });
      world.build("api", shaOf("515.merged"));
      world.built.delete(`myorg/api:${head}`);
      world.answer = (response) => {
        move();
        world.build("api", head);
        world.answer = undefined;
        response.writeHead(404).end();
      };
      const result = world.up(options);
      ends.push(
        await result.then(
          ({ api }) => api?.commit,
          (error: Error) => error.name,
        ),
      );
    }
    assert.deepEqual(ends, ["MovedOn", "MovedOn", head]);
  });

  it("ends if the previewed pull request moves on while an image is waited for", async () => {
    for (const [move, message] of [
      [() => world.web.push(7, second), `MovedOn: the head of pull request 7 is now ${second}, not ${own}`],
      [() => world.web.close(7), "MovedOn: pull request 7 is closed"],
    ] as const) {
      world.ask({ file });
      world.answer = (response) => {
        move();
        response.writeHead(404).end();
      };
      assert.equal(await world.messageOf(world.up({ waits: true, everySeconds: 0.01 })), message);
    }
  });
});
