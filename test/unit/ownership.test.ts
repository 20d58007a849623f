import assert from "node:assert/strict";
import fc from "fast-check";
import { dnsComment, foreignOwner, ownerLabels } from "../../contract";

const owner = { project: "preview", product: "orders", repository: "myorg/orders", pullRequest: 7 };

describe("ownership", () => {
  it("recognises its own labels beside others", () => {
    assert.equal(foreignOwner({ ...ownerLabels(owner), team: "blue" }, owner), undefined);
  });

  it("refuses a namespace that nobody labelled", () => {
    assert.match(foreignOwner({}, owner) ?? "", /not made by this tool/);
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

  it("makes labels that Kubernetes accepts of every repository's name", () => {
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
});
