import assert from "node:assert/strict";
import { outcome } from "../../embedded/outcome";

describe("the last line of npm start", () => {
  it("says how to wake a preview that sleeps", () => {
    const url = "https://pr-7.previews.localhost:8443";
    assert.equal(outcome(7, { url, isAsleep: true }), `preview asleep: ${url}; preview wake 7`);
    assert.equal(outcome(7, { url, isAsleep: false }), `preview ready: ${url}`);
  });
});
