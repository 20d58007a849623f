import assert from "node:assert/strict";
import {
  longRunning,
  ofProduct,
  type Part,
  partsIn,
  productWorkloads,
  referenceOf,
  standardParts,
} from "../../contract";
import { partBegun } from "../../lifecycle/change/update";
import { minimal, settingsWith } from "./example-settings";

const namesOf = (parts: readonly Part[]) => parts.map(({ name }) => name);

describe("the parts of a preview", () => {
  const four = ["api", "web", "db", "migration"];

  it("are the four of every preview, on the ports of the settings", () => {
    const { parts } = settingsWith({ api: { ...minimal.api, port: 8080 } });
    assert.deepEqual(Object.keys(parts), four);
    assert.deepEqual(namesOf(Object.values(parts) as Part[]), four);
    assert.deepEqual([parts.api.port, parts.api.targetPort], [8000, 8080]);
  });

  it("are those in the outputs, or the four when an older version wrote none", () => {
    const worker: Part = { ...standardParts.web, name: "worker" };
    assert.deepEqual(partsIn({ parts: [worker] }), [worker]);
    assert.deepEqual(namesOf(partsIn({})), four);
  });

  it("survive the outputs' JSON unchanged", () => {
    const parts = Object.values(settingsWith().parts);
    assert.deepEqual(JSON.parse(JSON.stringify(parts)), parts);
  });

  it("are told apart by their role and by whose image they run", () => {
    const parts = Object.values(standardParts);
    assert.deepEqual(longRunning(parts).map(referenceOf), ["deployment/api", "deployment/web", "statefulset/db"]);
    assert.deepEqual(namesOf(ofProduct(parts)), ["api", "web", "migration"]);
    assert.deepEqual(namesOf(productWorkloads(parts)), ["api", "web"]);
  });

  it("are recognised in a resource's name, even with a hyphen in their own", () => {
    const parts = ["proxy", "image-proxy"].map((name): Part => ({ ...standardParts.web, name }));
    const begun = (resource: string) => partBegun(` +  kubernetes:apps/v1:Deployment ${resource} creating (0s)`, parts);
    assert.equal(begun("shop-pr-1-image-proxy"), "image-proxy");
    assert.equal(begun("shop-pr-1-proxy"), "proxy");
    // A part that the update adds, or something that somebody else created.
    assert.equal(begun("shop-pr-1-redis"), "redis");
  });
});
