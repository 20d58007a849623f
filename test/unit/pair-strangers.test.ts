import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../contract";
import { MovedOn } from "../../lifecycle/pairs";
import { head, m1, own, PairWorld } from "./pair-world";
import { isHarmless, outside } from "./pair-texts";

/** Texts that would lead elsewhere if they became part of a URL, and texts that are all right. */
const names = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("v1", "next/a+b@c", "main", "a=b#c", "%2e%2e/x") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("../../../pulls/1", "a/../b", "main?x=y", "a b", "x/", "..", "@", "refs/heads/x"),
  },
  { weight: 1, arbitrary: outside },
);
const repositories = fc.constantFrom(
  "myorg/backend",
  "MyOrg/BackEnd",
  "myorg/secrets",
  "myorg/..",
  "myorg/backend/../secrets",
);
const otherPulls = fc
  .tuple(repositories, fc.constantFrom("515", "3", "0", "1e3", "515/files", "515?x", "-1"))
  .map(([repository, number]) => `${repository}#${number}`);
const pulls = fc.oneof(fc.constantFrom("myorg/backend#515", "MyOrg/BackEnd#3"), otherPulls);
const commits = fc.oneof(
  fc.constantFrom(m1, head, own, "f".repeat(40), m1.slice(1), `${m1}/..`, m1.toUpperCase()),
  outside,
);
const wishes = fc.oneof(
  fc.record({ pull: pulls }),
  fc.record({ commit: commits }),
  fc.record({ tag: names }),
  fc.record({ branch: names }),
  fc.record({ branch: names, tag: names }, { requiredKeys: [] }),
);
const files = fc.oneof(
  { weight: 4, arbitrary: fc.record({ api: wishes }).map((file) => JSON.stringify(file)) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.constantFrom("api", "web", "__proto__", "toString"), wishes)
      .map((file) => JSON.stringify(file)),
  },
  { weight: 1, arbitrary: outside },
);
const lines = fc.oneof(
  fc
    .tuple(fc.constantFrom("https://github.com", "https://evil.example", ""), pulls)
    .map(([origin, text]) => `Depends-On: ${origin}/${text.replace("#", "/pull/")}`),
  outside,
);

const encoded = "(?:[A-Za-z0-9._~!'()*-]|%[0-9A-F]{2}|/)+";
const sha = "[0-9a-f]{40}";
/** All that may be asked, path and query. */
const allowed = [
  `/repos/myorg/web/pulls/7`,
  `/repos/myorg/web/contents/preview-overrides\\.yaml\\?ref=${own}`,
  `/repos/myorg/backend/pulls/[1-9][0-9]{0,8}`,
  `/repos/myorg/backend/commits\\?sha=refs%2Fheads%2F${encoded}&per_page=100`,
  `/repos/myorg/backend/commits/tags/(?!.*(?:^|/)\\.\\.?(?:/|$))${encoded}`,
  `/repos/myorg/backend/commits/${sha}/pulls\\?per_page=100`,
  `/repos/myorg/backend/compare/refs/heads/main\\.\\.\\.${sha}\\?per_page=1`,
].map((path) => new RegExp(`^GET ${path}$`));

/** One for everything that may be asked. */
const examples = [
  'api: { pull: "myorg/backend#515" }',
  `api: { commit: "${head}" }`,
  "api: { tag: v1 }",
  'api: { branch: "next/a+b@c" }',
];

describe("whatever a stranger writes in file and description", () => {
  let world: PairWorld;
  before(async () => {
    world = await PairWorld.start();
    world.backend.tags.set("v1", m1);
    world.backend.commit(head, { branch: "next/a+b@c", parents: [m1] });
    world.github.repository("myorg/secrets").open(515);
  });
  after(() => world.stop());

  it("is asked of the sources alone, in encoded paths, and the registry only for full commits of their images", async () => {
    const seen = { resolved: 0, refused: 0 };
    const kinds = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.option(files, { nil: undefined }), lines, fc.boolean(), async (file, body, fork) => {
        world.github.requests.length = 0;
        world.asked.length = 0;
        world.ask({ file, body, fork });
        try {
          const { pair } = await world.now();
          assert.deepEqual(Object.keys(pair), ["api"]);
          assert.match(
            pair.api!.image,
            new RegExp(`^127\\.0\\.0\\.1:\\d+/myorg/api:${pair.api!.commit}@sha256:[0-9a-f]{64}$`),
          );
          seen.resolved += 1;
        } catch (error) {
          assert.ok(error instanceof UserError && !(error instanceof MovedOn), String((error as Error).stack));
          assert.ok(isHarmless(error.message) && error.message.length < 10_000, JSON.stringify(error.message));
          seen.refused += 1;
        }
        for (const { line } of world.github.requests) {
          const kind = allowed.findIndex((one) => one.test(line));
          assert.notEqual(kind, -1, line);
          kinds.add(kind);
        }
        for (const image of world.asked) {
          assert.match(image, new RegExp(`^myorg/api:${sha}$`));
        }
      }),
      { numRuns: 100, examples: examples.map((file): [string, string, boolean] => [file, "", false]) },
    );
    assert.ok(seen.resolved > 5 && seen.refused > 5, JSON.stringify(seen));
    assert.equal(kinds.size, allowed.length, "no example asks for one of them");
  }).timeout(20_000);
});
