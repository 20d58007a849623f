import assert from "node:assert/strict";
import fc from "fast-check";
import { annotationArguments, expiryFrom, hasExpired, recordFrom } from "../../contract";

const hours = (count: number) => count * 3600_000;
const at = new Date("2026-11-24T12:00:00Z");

describe("what the lifecycle records about a preview", () => {
  it("round-trips through annotations", () => {
    const images = {
      api: `api@sha256:${"b".repeat(64)}`,
      web: `ghcr.io/myorg/web:${"a".repeat(40)}`,
      collab: `ghcr.io/myorg/collab:${"a".repeat(40)}`,
    };
    const record = {
      sha: "a".repeat(40),
      images,
      pair: { api: { repository: "myorg/backend", ref: { pull: 5 }, commit: "b".repeat(40), image: images.api } },
      parts: ["api", "db", "worker"],
      policies: ["default-deny", "web.to.redis"],
      expires: expiryFrom(at, 14),
      asleep: true,
    };
    const annotations = Object.fromEntries(
      annotationArguments(record).map((text) => /^([^=]+)=(.*)$/.exec(text)!.slice(1) as [string, string]),
    );
    assert.deepEqual(recordFrom(annotations), record);
  });

  it("removes outdated annotations and leaves those it isn't given alone", () => {
    assert.deepEqual(annotationArguments({ asleep: false, sha: undefined }), [
      "preview-stack/asleep-",
      "preview-stack/sha-",
    ]);
    assert.deepEqual(
      annotationArguments({ images: { api: "api:2" } }, { images: { api: "api:1", collab: "collab:1" } }),
      ["preview-stack/api=api:2", "preview-stack/image.collab-"],
    );
    assert.deepEqual(recordFrom({}), { sha: undefined, images: {}, expires: undefined, asleep: false });
  });

  it("has no pair where somebody has edited it to something else", () => {
    for (const text of ["", "null", "5", "true", '""', '"a"', "[null]", "{", '{ "api": {} }', '{ "api": null }']) {
      assert.equal(recordFrom({ "preview-stack/pair": text }).pair, undefined, text);
    }
  });

  it("expires no earlier than its days when clocks differ by an hour", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 365 }), fc.integer({ min: -60, max: 60 }), (days, skew) => {
        const expires = expiryFrom(at, days);
        const end = at.getTime() + days * hours(24);
        assert.equal(hasExpired({ expires }, new Date(end + skew * 60_000)), false);
        assert.equal(hasExpired({ expires }, new Date(end + hours(3))), true);
      }),
    );
  });

  it("never expires without a readable date", () => {
    for (const expires of [undefined, "", "soon"]) {
      assert.equal(hasExpired({ expires }, new Date("9999-01-01")), false);
    }
  });
});
