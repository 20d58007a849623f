import assert from "node:assert/strict";
import type { Pair } from "../../contract";
import { postOnDependencies, postResult } from "../../cli/code-host";
import { commentOnUp } from "../../cli/comment";
import { rowsOf } from "../../cli/commands/status";
import { safeJson } from "../../clients/process/sanitize-output";
import { deployedFrom } from "../../lifecycle/inventory/deployed";
import { followedIn } from "../../lifecycle/pairs";
import type { UpResult } from "../../lifecycle/up";
import { shaOf } from "../doubles/github";
import { digest, head, m3, PairWorld } from "./pair-world";

const s1 = shaOf("s1");
const api = {
  repository: "myorg/backend",
  ref: { pull: 515 },
  commit: head,
  image: `reg.example/myorg/api:${head}@${digest}`,
};
const collab = { ...api, image: `reg.example/myorg/collab:${head}@${digest}` };
const search = {
  ...api,
  repository: "partner/search",
  ref: { branch: "main" },
  commit: s1,
  image: `reg.example/search:${s1}`,
};
const web = `reg.example/myorg/web:${shaOf("own")}`;

const up = (pair: Pair | undefined, more: { asleep?: boolean } = {}): UpResult & { outcome: "up" } => ({
  outcome: "up",
  preview: {
    url: "https://pr-7.previews.example.com",
    namespace: "pr-7",
    images: {
      web,
      ...Object.fromEntries(Object.entries(pair ?? {}).map(([part, { image }]) => [part, image])),
    },
    revisions: {
      web: "own",
      ...Object.fromEntries(Object.entries(pair ?? {}).map(([part, { commit }]) => [part, commit])),
    },
    ...(pair && { pair }),
    kubeContext: "preview",
  },
  asleep: false,
  seconds: { update: 12.3 },
  ...more,
});

describe("the comment on a pull request that a preview runs", () => {
  let world: PairWorld;
  beforeEach(async () => {
    world = await PairWorld.start();
    world.github.repository("partner/search").open(4);
  });
  afterEach(() => world.stop());

  const withApp = () => {
    world.github.app.install(["myorg/backend"]);
    world.github.app.install(["partner/search"]);
    world.env = { ...world.env, ...world.github.app.env };
  };
  const post = (result: UpResult & { outcome: "up" }, former?: Pair, number = 7) => {
    world.nextRun();
    const workspace = world.workspace();
    return postResult(workspace, workspace.codeHost("myorg/web"), number, result, former);
  };
  const comments = (repository: string) =>
    world.github.repository(repository).comments.map(({ login, issue, body }) => [login, issue, body]);
  const about = (number: number, text: string) => [
    "previews[bot]",
    515,
    `<!-- preview-stack: myorg/web#${number} -->\n${text}`,
  ];
  const runs = (number: number, ...rows: string[]) =>
    [
      `### Runs in the preview of myorg/web#${number}: https://pr-7.previews.example.com`,
      "",
      "| part | commit |",
      "| --- | --- |",
      ...rows,
    ].join("\n");

  it("leads to the preview and says what of it runs there, and nothing of other repositories", async () => {
    withApp();
    await post(up({ api, collab, search: { ...search, ref: { pull: 4 } } }));
    assert.deepEqual(comments("myorg/backend"), [
      about(7, runs(7, `| api | \`${head}\` |`, `| collab | \`${head}\` |`)),
    ]);
    assert.match(String(comments("partner/search")[0]![2]), new RegExp(`\\n\\| search \\| \`${s1}\` \\|$`));
  });

  it("is one for each previewing pull request, and replaced by the next update", async () => {
    withApp();
    world.web.open(8);
    await post(up({ api }));
    await post(up({ api }), undefined, 8);
    await post(up({ api: { ...api, commit: m3 } }), { api });
    assert.deepEqual(comments("myorg/backend"), [
      about(7, runs(7, `| api | \`${m3}\` |`)),
      about(8, runs(8, `| api | \`${head}\` |`)),
    ]);
  });

  it("says so once the preview runs something else, or it is merged", async () => {
    withApp();
    const later: (Pair | undefined)[] = [
      undefined,
      { api: { ...api, ref: { branch: "main" } } },
      { api: { ...api, merged: true } },
      { search },
    ];
    for (const pair of later) {
      // Not replaced: a client waits a second between what it writes.
      [world.web, world.backend].forEach(({ comments }) => (comments.length = 0));
      await post(up(pair), { api });
      assert.deepEqual(
        comments("myorg/backend")[0],
        about(7, "### The preview of myorg/web#7 no longer follows this pull request"),
      );
    }
  });

  it("says when the preview is closed or asleep", async () => {
    withApp();
    await post(up({ api }, { asleep: true }));
    assert.match(
      String(comments("myorg/backend")[0]![2]),
      /### Runs in the preview of myorg\/web#7, which is asleep: https/,
    );
    world.nextRun();
    const workspace = world.workspace();
    const host = workspace.codeHost("myorg/web");
    await postOnDependencies(workspace, host, 7, followedIn({ api }), () => "### Preview closed: myorg/web#7");
    assert.deepEqual(comments("myorg/backend"), [about(7, "### Preview closed: myorg/web#7")]);
  });

  it("is never tried without an App, nor where there is no code host", async () => {
    await post(up({ api }), { api: { ...api, ref: { pull: 516 } } });
    assert.deepEqual(
      world.requests().filter((line) => line.includes("/repos/myorg/backend")),
      [],
    );
    assert.deepEqual(comments("myorg/backend"), []);
    assert.equal(comments("myorg/web").length, 1);
    await postOnDependencies(world.workspace(), undefined, 7, followedIn({ api }), () =>
      assert.fail("no text is needed"),
    );
  });

  it("that can't be made is reported, and the next one is", async () => {
    world.github.app.install(["myorg/backend"], { contents: "read", pull_requests: "read" });
    world.github.app.install(["partner/search"]);
    world.env = { ...world.env, ...world.github.app.env };
    await post(up({ api, search: { ...search, ref: { pull: 4 } } }));
    assert.deepEqual(comments("myorg/backend"), []);
    assert.equal(comments("partner/search").length, 1);
    assert.match(world.said.join("\n"), /myorg\/backend/);
  });
});

describe("what a preview runs of other repositories", () => {
  const pair = {
    api: { ...api, merged: true as const },
    collab: { ...collab, ref: { tag: "v1.2" } },
    search,
    worker: { ...search, ref: { commit: s1 } },
  };

  it("is a column of the comment: a pull request is a link, another name code, so that it mentions nobody", () => {
    const cells = commentOnUp(7, up(pair))
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .map((line) => line.slice(2, -2).split(" | ").at(-1)!.trim());
    assert.deepEqual(cells, [
      "from",
      "---",
      "",
      "myorg/backend#515 (merged)",
      "`myorg/backend tag v1.2`",
      "`partner/search main`",
      `\`partner/search ${s1.slice(0, 7)}\``,
    ]);
    assert.doesNotMatch(commentOnUp(7, up(undefined)), /from/);
  });

  it("is in the JSON of up and status", () => {
    const { url, namespace, images, revisions } = up(pair).preview;
    const deployed = (record: object) =>
      deployedFrom(
        { outputs: { url, namespace, images, revisions }, record, state: { deployment: {} } } as never,
        7,
        "preview",
      );
    assert.deepEqual((JSON.parse(safeJson(deployed({ pair }))) as { pair: Pair }).pair, pair);
    assert.equal("pair" in deployed({}), false);
  });

  it("is a row of status", () => {
    const { preview } = up(pair);
    const details = { preview: { ...preview, parts: [] }, parts: ["api"], answers: "200" };
    const rows = rowsOf(details as never, new Date()).filter(([name]) => name.endsWith(" from"));
    assert.deepEqual(rows, [
      ["api from", `myorg/backend#515, merged, at ${head}`],
      ["collab from", `myorg/backend tag v1.2 at ${head}`],
      ["search from", `partner/search main at ${s1}`],
      ["worker from", `partner/search ${s1.slice(0, 7)} at ${s1}`],
    ]);
  });
});
