import assert from "node:assert/strict";
import fc from "fast-check";
import { isRegistered } from "../engine/oidc/image/redirect-uri.mjs";

const callback = "/auth/callback/oidc/";
const pattern = `https://pr-*.previews.example.com${callback}`;
const isAllowed = (redirectUri: string) => isRegistered([pattern], redirectUri);

describe("the wildcard callback", () => {
  it("is allowed for every preview", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (pullRequest) =>
        isAllowed(`https://pr-${pullRequest}.previews.example.com${callback}`),
      ),
    );
  });

  const refused: [what: string, redirectUri: string][] = [
    ["another host below the domain", `https://www.previews.example.com${callback}`],
    ["no label at all", `https://previews.example.com${callback}`],
    ["no number", `https://pr-.previews.example.com${callback}`],
    ["a number that no pull request has", `https://pr-01.previews.example.com${callback}`],
    ["a preview's other host", `https://pr-1-api.previews.example.com${callback}`],
    ["two labels", `https://pr-1.pr-2.previews.example.com${callback}`],
    ["a label before", `https://evil.pr-1.previews.example.com${callback}`],
    ["the pattern itself", pattern],
    ["a domain that goes on", `https://pr-1.previews.example.com.evil.example${callback}`],
    ["a domain that ends so", `https://evil.example/pr-1.previews.example.com${callback}`],
    ["a domain that has it in its path", `https://pr-1.evil.example/.previews.example.com${callback}`],
    ["a query that ends so", `https://pr-1.evil.example/?.previews.example.com${callback}`],
    ["a fragment that ends so", `https://pr-1.evil.example/#.previews.example.com${callback}`],
    ["a backslash", `https://pr-1.evil.example\\.previews.example.com${callback}`],
    ["an encoded dot", `https://pr-1%2eevil.previews.example.com${callback}`],
    ["a user", `https://pr-1@pr-2.previews.example.com${callback}`],
    ["a user before", `https://evil@pr-1.previews.example.com${callback}`],
    ["the domain as a user", `https://pr-1.previews.example.com@evil.example${callback}`],
    ["a port", `https://pr-1.previews.example.com:8443${callback}`],
    ["no TLS", `http://pr-1.previews.example.com${callback}`],
    ["upper case", `https://PR-1.previews.example.com${callback}`],
    ["a line end", `https://pr-1\n.previews.example.com${callback}`],
    ["a space before", ` https://pr-1.previews.example.com${callback}`],
    ["digits of another script", `https://pr-１.previews.example.com${callback}`],
    ["another path", "https://pr-1.previews.example.com/elsewhere/"],
    ["a longer path", `https://pr-1.previews.example.com${callback}next`],
    ["a dot segment", "https://pr-1.previews.example.com/auth/callback/../callback/oidc/"],
    ["a path that the pattern's end follows", `https://pr-1.previews.example.com/evil${callback}`],
    ["no slash at the end", "https://pr-1.previews.example.com/auth/callback/oidc"],
    ["a query", `https://pr-1.previews.example.com${callback}?next=/`],
    ["a fragment", `https://pr-1.previews.example.com${callback}#`],
    ["nothing", ""],
  ];
  for (const [what, redirectUri] of refused) {
    it(`is refused with ${what}`, () => assert.equal(isAllowed(redirectUri), false));
  }

  it("compares a registered address without a wildcard as it is", () => {
    const exact = `https://www.example.com${callback}`;
    assert.equal(isRegistered([exact], exact), true);
    assert.equal(isRegistered([exact], `${exact}x`), false);
  });

  it("doesn't treat a second wildcard as one", () => {
    assert.equal(isRegistered(["https://pr-*.*.example.com/"], "https://pr-1.2.example.com/"), false);
    assert.equal(isRegistered(["https://pr-*.*.example.com/"], "https://pr-*.*.example.com/"), false);
  });
});
