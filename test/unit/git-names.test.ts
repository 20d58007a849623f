import assert from "node:assert/strict";
import { isCommit, isRefName } from "../../clients/code-host/git-names";

describe("names in git", () => {
  const good = [
    "main",
    "feature/new",
    "v1.2.3",
    "a-b_c",
    "fix#12",
    "日本語",
    "a@b",
    "x".repeat(255),
    "HEAD2",
    "a.b/c.d",
    "{x}",
  ];
  for (const name of good) {
    it(`${name.slice(0, 30)} can be a branch or a tag`, () => assert.ok(isRefName(name)));
  }

  // In the order of https://git-scm.com/docs/git-check-ref-format
  const bad = [
    ...[".hidden", "a/.b", "x.lock", "a.lock/b"],
    ...["a..b", "..", "../x"],
    ...["a b", "a\tb", "a\nb", "a\u0000", "a\u007f", "a~1", "a^", "a:b"],
    ...["a?", "a*", "a[b"],
    ...["/a", "a/", "a//b", "", "/"],
    ...["a.", "a/b."],
    ...["a@{1}", "@"],
    ...["a\\b"],
    ...["-", "-f", "--force"],
    ...["x".repeat(256), "\ud800"],
  ];
  for (const name of bad) {
    it(`${JSON.stringify(name.slice(0, 30))} can't`, () => assert.ok(!isRefName(name)));
  }

  it("a commit is a full SHA-1 or SHA-256 in lower case", () => {
    const texts = [
      "a".repeat(40),
      "0".repeat(64),
      "A".repeat(40),
      "a".repeat(39),
      "a".repeat(41),
      "g".repeat(40),
      ` ${"a".repeat(40)}`,
    ];
    assert.deepEqual(texts.map(isCommit), [true, true, false, false, false, false, false]);
    assert.ok(!isCommit(`${"a".repeat(40)}\n`));
  });
});
