import assert from "node:assert/strict";
import { judge } from "../../clients/pulumi/repair-state";
import { objectsIn, resourcesOf, type State } from "../../clients/pulumi/state";
import { claimGoing, compare, emptiedSince } from "../../lifecycle/drift";
import { metadata } from "./kubernetes-objects";

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

describe("an object of the cluster", () => {
  const resource = (type: string, name: string, set: object, then: object = set) => ({
    urn: `urn:pulumi:pr-1::preview::kubernetes:${type}::pr-1-${name}`,
    type: `kubernetes:${type}`,
    inputs: { metadata: { name, namespace: "pr-1" }, ...set },
    outputs: { metadata: { name, namespace: "pr-1", uid: "1" }, ...then },
  });
  const known = objectsIn(
    {
      version: 3,
      deployment: {
        resources: [
          resource(
            "apps/v1:Deployment",
            "api",
            { spec: { replicas: 1, cpu: "1000m" } },
            { spec: { replicas: 1, cpu: "1" } },
          ),
          resource("networking.k8s.io/v1:NetworkPolicy", "default-deny", { spec: { policyTypes: ["Ingress"] } }),
          resource("core/v1:Secret", "db", { stringData: { A: "a" } }, {}),
        ],
      },
    },
    "pr-1",
  );
  const deployment = {
    kind: "Deployment",
    metadata: metadata({ name: "api" }),
    spec: { replicas: 1, cpu: "1", paused: false },
  };
  const policy = {
    kind: "NetworkPolicy",
    metadata: metadata({ name: "default-deny" }),
    spec: { policyTypes: ["Ingress"] },
  };
  const secret = { kind: "Secret", metadata: metadata({ name: "db" }), data: { A: "YQ==" } };

  it("is listed by its kind", () => {
    assert.deepEqual(
      known.map(({ resource: kind }) => kind),
      ["deployment.apps", "networkpolicy.networking.k8s.io", "secret"],
    );
  });

  it("that nobody has touched is as the state says, whatever controllers put on it", () => {
    const live = {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { "deployment.kubernetes.io/revision": "1" } },
    };
    assert.deepEqual(compare(known, [live, policy, secret]), []);
  });

  it("that is missing or changed is found, a list as a whole", () => {
    const changed = { ...deployment, spec: { ...deployment.spec, replicas: 3 } };
    const wider = { ...policy, spec: { policyTypes: ["Ingress", "Egress"] } };
    assert.deepEqual(compare(known, [changed, wider]), [
      { kind: "Deployment", name: "api", what: "changed" },
      { kind: "NetworkPolicy", name: "default-deny", what: "changed" },
      { kind: "Secret", name: "db", what: "missing" },
    ]);
  });
});

describe("a database that has lost its volume", () => {
  const job = {
    kind: "Job",
    metadata: metadata({ name: "migrate-1" }),
    status: { completionTime: "2026-11-29T12:00:00Z" },
  };
  const claim = (made: string, more = {}) => ({
    kind: "PersistentVolumeClaim",
    metadata: metadata({ name: "data-db-0", creationTimestamp: made, ...more }),
  });

  it("is one whose claim is missing, or is younger than the last migration", () => {
    assert.deepEqual(emptiedSince([job, claim("2026-11-29T11:00:00Z")]), []);
    assert.deepEqual(emptiedSince([job, claim("2026-11-29T13:00:00Z")]), ["migrate-1"]);
    assert.deepEqual(emptiedSince([job]), ["migrate-1"]);
  });

  it("is still to come where the claim is being deleted, and then that is said", () => {
    const going = claim("2026-11-29T11:00:00Z", { deletionTimestamp: "2026-11-29T13:00:00Z" });
    assert.deepEqual(emptiedSince([job, going]), []);
    assert.match(claimGoing([job, going])!, /data-db-0 is being deleted: .*--replace-database/);
    assert.equal(claimGoing([job, claim("2026-11-29T11:00:00Z")]), undefined);
  });

  it("isn't one that was never migrated: its migration is still to come", () => {
    assert.deepEqual(emptiedSince([{ kind: "Job", metadata: metadata({ name: "migrate-1" }), status: {} }]), []);
  });
});
