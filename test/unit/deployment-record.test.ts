import assert from "node:assert/strict";
import fc from "fast-check";
import { commitOf } from "../../components/program/record";
import { type DeploymentRecord, deployedSettings, digestOf, recordOf } from "../../contract";

const facts = { asleep: false, cluster: "uid", secrets: [] };
const secure = (text: string) => ({ secure: text });

describe("the record of a deployment", () => {
  const shared = {
    domain: "d.example",
    "quota.pods": 20,
    "api.secrets.TOKEN": secure("v1:a"),
    "ingress.className": "x",
  };
  const given = { domain: "d.example", "quota.pods": 30, "api.secrets.TOKEN": "t0", "api.image": "a", asleep: "true" };
  const record = recordOf(facts, given, shared);

  it("tells a preview's own settings from the shared ones; a secret in both counts as shared", () => {
    assert.deepEqual(record.shared, ["api.secrets.TOKEN", "domain"]);
    assert.deepEqual(record.without, ["ingress.className"]);
    assert.equal("asleep" in record.settings, false);
  });

  it("passes later changes of shared settings on to the preview, except where it has its own value", () => {
    const since = {
      ...shared,
      domain: "e.example",
      "quota.pods": 10,
      "api.secrets.TOKEN": secure("v1:b"),
      "quota.cpu": "4",
    };
    assert.deepEqual(deployedSettings(record, since), {
      domain: "e.example",
      "quota.pods": 30,
      "api.secrets.TOKEN": secure("v1:b"),
      "quota.cpu": "4",
      "api.image": "a",
    });
  });

  it("treats everything as the preview's own once nothing is shared any more", () => {
    assert.deepEqual(deployedSettings(record), record.settings);
  });

  it("follows a shared group that is encrypted as a whole", () => {
    const common = { registry: secure("v1:a") };
    const {
      shared: followed,
      without,
      ...of
    } = recordOf(facts, { "registry.server": "r", "registry.password": "p" }, common);
    assert.deepEqual([followed, without], [["registry.password", "registry.server"], []]);
    const rotated = { registry: secure("v1:b") };
    assert.deepEqual(deployedSettings({ ...of, shared: followed, without }, rotated), rotated);
  });

  it("gives back what was deployed when nothing has changed since", () => {
    const leaves = fc.dictionary(fc.constantFrom("a", "b.c", "b.d", "e"), fc.constantFrom("1", "2", "3"));
    fc.assert(
      fc.property(leaves, leaves, (own, common) => {
        assert.deepEqual(deployedSettings(recordOf(facts, own, common), common), { ...own });
      }),
    );
  });
});

describe("the deployed commit", () => {
  const settings = { "api.image": "api:1", "web.image": "web:1", "services.collab.image": "collab:1" };
  const before = { commit: "aaa", settings };
  const handoff = { update: "1", record: "digest", secrets: [] };

  it("is the one given, or the previous one when the images are the same", () => {
    const images = ["api", "web", "collab"];
    assert.equal(commitOf({ leaves: settings }, images, before), "aaa");
    assert.equal(commitOf({ leaves: settings, handoff }, images, before), "aaa");
    for (const other of [{ "web.image": "web:2" }, { "services.collab.image": "collab:2" }]) {
      assert.equal(commitOf({ leaves: { ...settings, ...other }, handoff }, images, before), undefined);
    }
    assert.equal(commitOf({ leaves: settings, handoff: { ...handoff, commit: "bbb" } }, images, before), "bbb");
    assert.equal(commitOf({ leaves: settings }, images), undefined);
  });
});

describe("the digest of a record", () => {
  const record: DeploymentRecord = { ...facts, settings: { a: "1", b: ["x"] }, shared: [], without: [] };

  it("depends on everything except the order of keys", () => {
    assert.equal(digestOf({ ...record, settings: { b: ["x"], a: "1" } }), digestOf(record));
    const others = [
      undefined,
      { ...record, asleep: true },
      { ...record, commit: "c" },
      { ...record, settings: { a: "1" } },
    ];
    assert.equal(new Set([record, ...others].map(digestOf)).size, 5);
  });
});
