import assert from "node:assert/strict";
import { judge } from "../../lifecycle/repair";
import { resourcesOf, type State } from "../../lifecycle/state";
import { driftedAmong } from "../../lifecycle/workloads/drift";

const inside = (name: string, more: object = {}) => ({
  urn: `urn:pulumi:pr-1::preview::kubernetes:core/v1:Secret::${name}`,
  type: "kubernetes:core/v1:Secret",
  inputs: { metadata: { name, namespace: "pr-1" } },
  ...more,
});
const namespace = {
  urn: "urn:pulumi:pr-1::preview::kubernetes:core/v1:Namespace::pr-1",
  type: "kubernetes:core/v1:Namespace",
  inputs: { metadata: { name: "pr-1" } },
};
const record = {
  urn: "urn:pulumi:pr-1::preview::cloudflare:index/dnsRecord:DnsRecord::pr-1-dns",
  type: "cloudflare:index/dnsRecord:DnsRecord",
  id: "a".repeat(32),
  dependencies: [namespace.urn],
  propertyDependencies: { name: [namespace.urn], content: null },
};
const state: State = {
  version: 3,
  deployment: {
    resources: [namespace, inside("api"), record],
    pending_operations: [{ type: "creating", resource: inside("web") }],
  },
};

describe("the state of a stack, repaired", () => {
  it("keeps everything when nothing is wrong", () => {
    const healthy = { ...state, deployment: { resources: state.deployment.resources } };
    const { repair, repaired } = judge(healthy, "pr-1", true);
    assert.deepEqual(repair, { pending: [], lost: 0, lostRecords: 0, records: [record] });
    assert.deepEqual(resourcesOf(repaired), resourcesOf(state));
  });

  it("loses a killed run's operations, and says which", () => {
    const { repair, repaired } = judge(state, "pr-1", true);
    assert.deepEqual(repair, { pending: [inside("web").urn], lost: 0, lostRecords: 0, records: [record] });
    assert.deepEqual(repaired.deployment.pending_operations, []);
    assert.deepEqual(resourcesOf(repaired), resourcesOf(state));
  });

  it("loses what was in a namespace that is gone, every mention of it, and nothing else", () => {
    const { repair, repaired } = judge(state, "pr-1", false);
    assert.equal(repair.lost, 2);
    assert.deepEqual(resourcesOf(repaired), [
      { ...record, dependencies: [], propertyDependencies: { name: [], content: null } },
    ]);
  });

  it("loses a DNS record that is gone, and no other", () => {
    const { repair, repaired } = judge(state, "pr-1", true, ["b".repeat(32), record.id]);
    assert.equal(repair.lostRecords, 1);
    assert.equal(repair.lost, 0);
    assert.deepEqual(resourcesOf(repaired), [namespace, inside("api")]);
    assert.equal(judge(state, "pr-1", true, ["b".repeat(32)]).repair.lostRecords, 0);
  });

  it("takes no other namespace for the one that is gone", () => {
    const { repair } = judge(state, "pr-11", false);
    assert.equal(repair.lost, 0);
  });
});

describe("a workload", () => {
  const workload = (kind: string, name: string, generation: number) => ({
    urn: `urn:pulumi:pr-1::preview::kubernetes:apps/v1:${kind}::pr-1-${name}`,
    type: `kubernetes:apps/v1:${kind}`,
    outputs: { metadata: { name, generation } },
  });
  const known: State = {
    version: 3,
    deployment: { resources: [namespace, workload("StatefulSet", "db", 1), workload("Deployment", "api", 2)] },
  };
  const live = (kind: string, name: string, generation: number) => ({ kind, metadata: { name, generation } });

  it("that nobody has touched is as the state says", () => {
    assert.deepEqual(driftedAmong([live("StatefulSet", "db", 1), live("Deployment", "api", 2)], known), []);
  });

  it("that was changed since is found, whatever else there is or isn't", () => {
    const there = [live("Deployment", "api", 3), live("Deployment", "other", 9), live("Deployment", "db", 2)];
    assert.deepEqual(driftedAmong(there, known), ["Deployment api"]);
  });
});
