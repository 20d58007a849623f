import assert from "node:assert/strict";
import fc from "fast-check";
import { imagesOfCommit, isPinned, parseImage, revisionOf } from "../../contract";
import { digest } from "./example-settings";

const pinned = [
  ["ghcr.io/myorg/api:4f5c2d1", "4f5c2d1"],
  [`ghcr.io/myorg/api:${"ab".repeat(20)}`, "ab".repeat(20)],
  ["ghcr.io/myorg/api:sha-4f5c2d1", "4f5c2d1"],
  [`ghcr.io/myorg/api@${digest}`, digest],
  [`localhost:5000/api:latest@${digest}`, digest],
  [`ghcr.io/myorg/api:4f5c2d1@${digest}`, "4f5c2d1"],
  ["api:1234567", "1234567"],
] as const;
const moving = ["ghcr.io/myorg/api", "ghcr.io/myorg/api:latest", "api:main", "api:v1.2.3", "api:4f5c2d", "api:4F5C2D1"];
const malformed = [
  "",
  " ",
  "API:4f5c2d1",
  "api:",
  "api@",
  "api@sha256:",
  `api@sha256:${"a".repeat(63)}`,
  `api@sha256:${"a".repeat(65)}`,
  `api@sha512:${"a".repeat(64)}`,
  `api@${digest.toUpperCase()}`,
  "api:4f5c2d1; rm -rf /",
  "https://ghcr.io/myorg/api:4f5c2d1",
  "api:4f5c2d1\n",
  "-api:4f5c2d1",
  "ghcr.io/myorg/../api:4f5c2d1",
  "ghcr.io/myorg//api:4f5c2d1",
];

describe("image references", () => {
  for (const [image, revision] of pinned) {
    it(`takes ${image} as pinned, with revision ${revision}`, () => {
      const parsed = parseImage(image);
      assert.ok(parsed && isPinned(parsed));
      assert.equal(revisionOf(parsed), revision);
    });
  }

  for (const image of moving) {
    it(`takes ${image} as mutable`, () => {
      const parsed = parseImage(image);
      assert.ok(parsed && !isPinned(parsed));
    });
  }

  for (const image of malformed) {
    it(`rejects ${JSON.stringify(image)}`, () => assert.equal(parseImage(image), undefined));
  }

  it("accepts only digests of 64 lower-case hexadecimal digits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (odd) => {
        assert.equal(parseImage(`api@sha256:${odd}`) !== undefined, /^[0-9a-f]{64}$/.test(odd));
      }),
    );
  });

  it("accepts only the characters allowed in a reference", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseImage(text);
        assert.ok(parsed === undefined || /^[A-Za-z0-9./:@_-]+$/.test(text));
      }),
    );
  });
});

describe("the images of another commit", () => {
  const [from, to] = ["a", "b"].map((digit) => digit.repeat(40)) as [string, string];
  const other = `web:${"c".repeat(40)}`;

  for (const [deployed, moved] of [
    [`localhost:5000/api:${from}`, `localhost:5000/api:${to}`],
    [`api:sha-${from.slice(0, 7)}`, `api:sha-${to.slice(0, 7)}`],
    [`api:${from}@${digest}`, `api:${to}`],
  ] as const) {
    it(`${deployed} becomes ${moved}`, () => {
      assert.deepEqual(imagesOfCommit({ api: deployed, web: other }, from, to), { api: moved, web: other });
      assert.deepEqual(imagesOfCommit({ api: other, web: deployed }, from, to), { api: other, web: moved });
    });
  }

  it("are unknown when neither is tagged with the commit", () => {
    assert.equal(imagesOfCommit({ api: `api@${digest}`, web: other }, from, to), undefined);
    assert.equal(imagesOfCommit({ api: "api:latest", web: "web" }, from, to), undefined);
  });
});
