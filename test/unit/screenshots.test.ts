import assert from "node:assert/strict";
import fc from "fast-check";
import { screenshotName } from "../../verify/screenshots/screenshots";

describe("a screenshot's file", () => {
  it("is named after the page's position in the list and its path", () => {
    assert.equal(screenshotName(0, "/"), "1-front.png");
    assert.equal(screenshotName(1, "/orders/new?of=7"), "2-orders-new-of-7.png");
  });

  it("stays in the folder, and differs from every other page's, whatever the path", () => {
    const path = fc.string({ unit: "grapheme" }).map((text) => `/${text}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        assert.match(screenshotName(0, one), /^1-[A-Za-z0-9-]+\.png$/);
        assert.notEqual(screenshotName(0, one), screenshotName(1, other));
      }),
    );
  });
});
