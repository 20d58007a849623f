import assert from "node:assert/strict";
import fc from "fast-check";
import { dnsComment, foreignOwner, ownerLabels, ownerOfComment } from "../../contract";

const owner = { project: "preview", product: "orders", repository: "myorg/orders", pullRequest: 7 };

describe("ownership", () => {
  it("recognises its own labels among others", () => {
    assert.equal(foreignOwner({ ...ownerLabels(owner), team: "blue" }, owner), undefined);
  });

  it("refuses an unlabelled namespace", () => {
    assert.match(foreignOwner({}, owner) ?? "", /not created by this tool/);
  });

  const others = [
    { ...owner, project: "other" },
    { ...owner, product: "other" },
    { ...owner, repository: "myorg/other" },
    { ...owner, repository: "" },
    { ...owner, pullRequest: 8 },
  ];
  for (const other of others) {
    it(`refuses that of ${JSON.stringify(other)}, in both directions`, () => {
      assert.notEqual(foreignOwner(ownerLabels(other), owner), undefined);
      assert.notEqual(foreignOwner(ownerLabels(owner), other), undefined);
    });
  }

  it("makes valid Kubernetes labels from any repository's name", () => {
    const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/);
    fc.assert(
      fc.property(names, (repository) => {
        for (const value of Object.values(ownerLabels({ ...owner, repository }))) {
          assert.match(value, /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
        }
      }),
    );
  });

  it("marks a DNS record with repository, pull request and project", () => {
    assert.equal(dnsComment(owner), "preview-stack: myorg/orders pull request 7 (project preview)");
  });

  const owners = fc.record({
    project: fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/),
    product: fc.stringMatching(/^[a-z0-9-]{1,63}$/),
    repository: fc.oneof(fc.constant(""), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/)),
    pullRequest: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  });

  it("reads its own comments on DNS records, which fit Cloudflare's free plan", () => {
    fc.assert(
      fc.property(owners, (owner) => {
        const comment = dnsComment(owner);
        assert.ok(comment.length <= 100, comment);
        assert.equal(ownerOfComment(comment)?.pullRequest, owner.pullRequest);
      }),
    );
  });

  it("reads repository and project back in full when they fit", () => {
    assert.deepEqual(ownerOfComment(dnsComment(owner)), { source: "myorg/orders", project: "preview", pullRequest: 7 });
  });

  it("gives two owners distinct comments, however long their names are", () => {
    const long = "x".repeat(100);
    const comments = [
      dnsComment({ ...owner, project: `${long}1` }),
      dnsComment({ ...owner, project: `${long}2` }),
      dnsComment({ ...owner, repository: `myorg/${long}1` }),
      dnsComment({ ...owner, repository: `myorg/${long}2` }),
    ];
    assert.equal(new Set(comments).size, comments.length, comments.join("\n"));
  });

  const strangers = [
    "",
    "made by hand",
    "preview-stack: ",
    "preview-stack: a pull request 0 (project b)",
    "preview-stack: a pull request 01 (project b)",
    "preview-stack: a pull request 1 (project b) kept for the demo",
    " preview-stack: a pull request 1 (project b)",
    "preview-stack: a b pull request 1 (project c)",
    "Preview-Stack: a pull request 1 (project b)",
  ];
  for (const comment of strangers) {
    it(`finds no owner in ${JSON.stringify(comment)}`, () => assert.equal(ownerOfComment(comment), undefined));
  }
});
