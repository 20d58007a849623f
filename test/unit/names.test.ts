import assert from "node:assert/strict";
import fc from "fast-check";
import { namesOf } from "../../contract";

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const prefixes = fc.oneof(fc.constant(""), fc.stringMatching(label));
const numbers = fc.integer({ min: 1, max: 999_999_999 });
const make = (prefix: string, pullRequest: number) =>
  namesOf({ prefix, pullRequest, domain: "previews.example.com", port: 443 });

describe("namesOf", () => {
  const table = [
    { prefix: "", port: 443, namespace: "pr-7", origin: "https://pr-7.previews.example.com" },
    { prefix: "", port: 8443, namespace: "pr-7", origin: "https://pr-7.previews.example.com:8443" },
    { prefix: "shop", port: 443, namespace: "shop-pr-7", origin: "https://shop-pr-7.previews.example.com" },
  ];
  for (const { prefix, port, namespace, origin } of table) {
    it(`${origin} for prefix ${JSON.stringify(prefix)} and port ${port}`, () => {
      const names = namesOf({ prefix, pullRequest: 7, domain: "previews.example.com", port });
      const host = `${namespace}.previews.example.com`;
      const [apiHost, apiOrigin] = [host, origin].map((name) => name.replace("pr-7", "pr-7-api"));
      assert.deepEqual(names, { namespace, host, origin, apiHost, apiOrigin });
    });
  }

  it("keeps labels to 63 characters and the number readable", () => {
    fc.assert(
      fc.property(prefixes, numbers, (prefix, number) => {
        const { namespace, host, apiHost } = make(prefix, number);
        assert.match(namespace, label);
        assert.match(apiHost.split(".")[0]!, label);
        assert.ok(namespace.endsWith(`pr-${number}`));
        assert.equal(host, `${namespace}.previews.example.com`);
      }),
    );
  });

  it("gives two pull requests and two products distinct names", () => {
    fc.assert(
      fc.property(prefixes, prefixes, numbers, numbers, (prefix1, prefix2, number1, number2) => {
        fc.pre(prefix1 !== prefix2 || number1 !== number2);
        assert.notEqual(make(prefix1, number1).namespace, make(prefix2, number2).namespace);
      }),
    );
  });

  it("gives long prefixes that differ only at the end distinct names", () => {
    const long = "a".repeat(62);
    assert.notEqual(make(`${long}b`, 1).namespace, make(`${long}c`, 1).namespace);
    assert.ok(make(`${long}b`, 1).namespace.length <= 63);
  });
});
