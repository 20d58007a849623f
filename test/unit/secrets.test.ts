import assert from "node:assert/strict";
import { hidden } from "../../lifecycle/secrets";

describe("a preview's secrets", () => {
  it("are hidden in what it has printed, also where they stand in a URL", () => {
    const text = "postgres://product:p%40ss-w0rd%2F1@db/product refused p@ss-w0rd/1";
    assert.equal(hidden(text, ["p@ss-w0rd/1"]), "postgres://product:***@db/product refused ***");
  });

  it("are hidden whole, where one is part of another", () => {
    assert.equal(hidden("a1b2c3d4e5f6g7h8", ["a1b2c3d4", "a1b2c3d4e5f6g7h8"]), "***");
  });

  it("are hidden with all their lines, however a text indents them, and with or without the last line's end", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END KEY-----\n";
    const quoted = key
      .trim()
      .split("\n")
      .map((line) => `  | ${line}`);
    assert.equal(hidden(quoted.join("\n"), [key]), "  | ***\n  | ***\n  | ***\n  | ***");
    assert.equal(hidden("password p@ss-w0rd/1 refused", ["p@ss-w0rd/1\n"]), "password *** refused");
  });

  it("aren't words that any text has", () => {
    assert.equal(hidden("the product's database", ["product"]), "the product's database");
  });
});
