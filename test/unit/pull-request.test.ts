import assert from "node:assert/strict";
import fc from "fast-check";
import { pullRequestNumber } from "../../contract";

describe("pullRequestNumber", () => {
  it("is the number in the stack's name", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (number) => pullRequestNumber(`pr-${number}`) === number),
    );
  });

  for (const stack of [
    "main",
    "preview",
    "pr-",
    "pr-0",
    "pr-01",
    "pr-1x",
    "pr--1",
    "PR-1",
    "pr-1 ",
    " pr-1",
    "pr-1\n",
    "pr-1000000000",
    "pr-１",
  ]) {
    it(`refuses ${JSON.stringify(stack)} and says why`, () => {
      assert.throws(
        () => pullRequestNumber(stack),
        (error: Error) => {
          assert.match(error.message, /pr-<number>/);
          assert.ok(error.message.includes(JSON.stringify(stack)), error.message);
          return true;
        },
      );
    });
  }

  it("accepts no other spelling of a number", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const canonical = /^[1-9][0-9]{0,8}$/.test(text);
        if (canonical) {
          return pullRequestNumber(`pr-${text}`) === Number(text);
        }
        assert.throws(() => pullRequestNumber(`pr-${text}`));
        return true;
      }),
    );
  });
});
