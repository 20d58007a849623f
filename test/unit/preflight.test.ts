import assert from "node:assert/strict";
import { clusterProblems } from "../../components/program/preflight";
import { ownerLabels } from "../../contract";
import { settingsWith } from "./example-settings";

const settings = settingsWith();
const ingressClass = { kind: "IngressClass", metadata: { name: "traefik" } };
const namespace = (labels: Record<string, string>, phase = "Active") => ({
  kind: "Namespace",
  metadata: { name: "pr-123", labels },
  status: { phase },
});

describe("the preflight", () => {
  it("accepts an unused name, or a namespace of our own", () => {
    assert.deepEqual(clusterProblems(settings, [ingressClass]), []);
    assert.deepEqual(clusterProblems(settings, [ingressClass, namespace(ownerLabels(settings.owner))]), []);
  });

  it("reports a namespace of another owner", () => {
    const [problem] = clusterProblems(settings, [ingressClass, namespace({})]);
    assert.match(problem ?? "", /^namespace pr-123 .*another owner/);
  });

  it("says to wait while a namespace is being deleted", () => {
    const [problem] = clusterProblems(settings, [ingressClass, namespace(ownerLabels(settings.owner), "Terminating")]);
    assert.match(problem ?? "", /still being deleted/);
  });

  it("reports an unknown ingress class along with another problem", () => {
    const problems = clusterProblems(settings, [namespace({})]);
    assert.equal(problems.length, 2);
    assert.match(problems[1]!, /^ingress\.className: .*"traefik"/);
  });
});
