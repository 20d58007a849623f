import assert from "node:assert/strict";
import { missingPrerequisite } from "../../embedded/prerequisites.mjs";

const gib = 2 ** 30;
const fit = {
  platform: "linux",
  arch: "x64",
  isRoot: true,
  hasApt: true,
  go: "go1.26.8",
  memory: 8 * gib,
  freeMemory: 4 * gib,
  freeDisk: 40 * gib,
  isBuilt: false,
};

describe("missingPrerequisite", () => {
  it("finds nothing missing on a suitable machine", () => assert.equal(missingPrerequisite(fit), undefined));

  it("requires less disk when everything is built", () => {
    assert.match(missingPrerequisite({ ...fit, freeDisk: 8 * gib }) ?? "", /20 GiB of free disk, and 8\.0 GiB/);
    assert.equal(missingPrerequisite({ ...fit, freeDisk: 8 * gib, isBuilt: true }), undefined);
  });

  it("accepts later versions of Go", () => assert.equal(missingPrerequisite({ ...fit, go: "go1.27rc1" }), undefined));

  const lacking: [object, RegExp][] = [
    [{ platform: "darwin" }, /Linux.*darwin/],
    [{ arch: "arm64" }, /x86-64.*arm64/],
    [{ isRoot: false }, /root.*sudo/],
    [{ hasApt: false }, /apt-get/],
    [{ go: undefined }, /Go 1\.26.*none is on PATH.*go\.dev/],
    [{ go: "go1.25.1" }, /Go 1\.26.*go1\.25\.1/],
    [{ memory: 2 * gib }, /4 GiB of memory.*2\.0 GiB/],
    [{ freeMemory: gib / 2 }, /free memory.*0\.5 GiB/],
  ];
  for (const [fact, said] of lacking) {
    it(`says in one sentence what is missing with ${JSON.stringify(fact)}, and what to do`, () => {
      const sentence = missingPrerequisite({ ...fit, ...fact }) ?? "";
      assert.match(sentence, said);
      assert.match(sentence, /npm start -- --context/);
      assert.doesNotMatch(sentence, /\n|\. [A-Z]/);
    });
  }
});
