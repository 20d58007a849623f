import assert from "node:assert/strict";
import fc from "fast-check";
import { screenshotName } from "../../verify/screenshots/screenshots";

describe("a screenshot's file", () => {
  it("is named by the page's place in the list and its address", () => {
    assert.equal(screenshotName(0, "/"), "1-front.png");
    assert.equal(screenshotName(1, "/orders/new?of=7"), "2-orders-new-of-7.png");
  });

  it("is in the folder, whatever the address, and no other page's", () => {
    const path = fc.string({ unit: "grapheme" }).map((text) => `/${text}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        assert.match(screenshotName(0, one), /^1-[A-Za-z0-9-]+\.png$/);
        assert.notEqual(screenshotName(0, one), screenshotName(1, other));
      }),
    );
  });
});
