import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOf, leavesOf, valuesOf } from "../../contract";

describe("leaves of settings", () => {
  it("are keyed by path; a list or an encrypted value is one leaf", () => {
    const values = {
      port: 8443,
      asleep: true,
      api: { image: "a", env: { A: "1" }, secrets: { B: { secure: "v1:abc" } }, command: ["x", "y"], corsOrigins: [] },
      ingress: { controller: { namespaceLabels: { "kubernetes.io/metadata.name": "traefik" } } },
    };
    assert.deepEqual(leavesOf(values), {
      port: "8443",
      asleep: "true",
      "api.image": "a",
      "api.env.A": "1",
      "api.secrets.B": { secure: "v1:abc" },
      "api.command": ["x", "y"],
      "api.corsOrigins": [],
      'ingress.controller.namespaceLabels["kubernetes.io/metadata.name"]': "traefik",
    });
  });

  it("leave out empty values", () => {
    assert.deepEqual(leavesOf({ prefix: "", dns: {}, egress: [], quota: { cpu: undefined } }), {
      "quota.cpu": undefined,
    });
  });

  it("convert back to the same values, whatever the keys", () => {
    const key = fc.string({ minLength: 1 }).filter((text) => text !== "__proto__");
    const leaf = fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.string(), { minLength: 1 }));
    const group = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1 })), { minKeys: 1 });
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(leaf, group)), (values) => {
        const plain = JSON.parse(JSON.stringify(values)) as object;
        const leaves = leavesOf(plain);
        assert.deepEqual(valuesOf(leaves), plain);
        Object.keys(leaves).forEach((path) => assert.ok(keyOf(path) in plain, path));
      }),
    );
  });
});
