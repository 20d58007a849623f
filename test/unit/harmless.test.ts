import assert from "node:assert/strict";
import { harmless } from "../../lifecycle/harmless";

describe("what may be printed of a preview's words", () => {
  it("is no command to GitHub's runner", () => {
    assert.equal(harmless("ok\n::error::Approved\n  ::add-mask::a"), "ok\n: :error::Approved\n  : :add-mask::a");
    assert.equal(harmless("ok\r::stop-commands::x"), "ok ::stop-commands::x");
    assert.equal(harmless("see ##[error]x"), "see ## [error]x");
  });

  it("is none to a terminal either", () => {
    assert.equal(harmless("\u001b[2Jgone\u0007"), " [2Jgone ");
  });

  it("is otherwise as it was", () => {
    const text = "a::b\n\tkubernetes:core/v1:Namespace (pr-1): “é”";
    assert.equal(harmless(text), text);
  });
});
