import assert from "node:assert/strict";
import { judge } from "../../clients/pulumi/repair-state";
import { objectsIn, resourcesOf, type State } from "../../clients/pulumi/state";
import { claimDeletionWarning, compare, migrationsToRepeat, podsToRestart } from "../../lifecycle/drift";
import { containerStatus, metadata } from "./kubernetes-objects";

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
  it("is unchanged when nothing is wrong", () => {
    const healthy = { ...state, deployment: { resources: state.deployment.resources } };
    const { repair, repaired } = judge(healthy, "pr-1", true);
    assert.deepEqual(repair, { pending: [], lost: 0, lostRecords: 0, records: [record] });
    assert.deepEqual(resourcesOf(repaired), resourcesOf(state));
  });

  it("drops a killed run's operations and lists them", () => {
    const { repair, repaired } = judge(state, "pr-1", true);
    assert.deepEqual(repair, { pending: [inside("web").urn], lost: 0, lostRecords: 0, records: [record] });
    assert.deepEqual(repaired.deployment.pending_operations, []);
    assert.deepEqual(resourcesOf(repaired), resourcesOf(state));
  });

  it("drops what was in a deleted namespace and all references to it, and nothing else", () => {
    const { repair, repaired } = judge(state, "pr-1", false);
    assert.equal(repair.lost, 2);
    assert.deepEqual(resourcesOf(repaired), [
      { ...record, dependencies: [], propertyDependencies: { name: [], content: null } },
    ]);
  });

  it("drops a deleted DNS record, and no other", () => {
    const { repair, repaired } = judge(state, "pr-1", true, ["b".repeat(32), record.id]);
    assert.equal(repair.lostRecords, 1);
    assert.equal(repair.lost, 0);
    assert.deepEqual(resourcesOf(repaired), [namespace, inside("api")]);
    assert.equal(judge(state, "pr-1", true, ["b".repeat(32)]).repair.lostRecords, 0);
  });

  it("doesn't confuse another namespace with the deleted one", () => {
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

  it("matches the state when nobody has touched it, whatever controllers added", () => {
    const live = {
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { "deployment.kubernetes.io/revision": "1" } },
    };
    assert.deepEqual(compare(known, [live, policy, secret]), []);
  });

  it("is reported when it is missing or changed; a list counts as a whole", () => {
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

  it("is recognised by a claim that is missing or newer than the last migration", () => {
    assert.deepEqual(migrationsToRepeat([job, claim("2026-11-29T11:00:00Z")]), []);
    assert.deepEqual(migrationsToRepeat([job, claim("2026-11-29T13:00:00Z")]), ["migrate-1"]);
    assert.deepEqual(migrationsToRepeat([job]), ["migrate-1"]);
  });

  it("is announced when the claim is being deleted", () => {
    const going = claim("2026-11-29T11:00:00Z", { deletionTimestamp: "2026-11-29T13:00:00Z" });
    assert.deepEqual(migrationsToRepeat([job, going]), []);
    assert.match(claimDeletionWarning([job, going])!, /data-db-0 is being deleted: .*--replace-database/);
    assert.equal(claimDeletionWarning([job, claim("2026-11-29T11:00:00Z")]), undefined);
  });

  it("takes a new pod of an API that migrates by itself, unless that has started since", () => {
    const pod = (part: string, state: object) => ({
      kind: "Pod",
      metadata: metadata({ name: `${part}-1`, labels: { "app.kubernetes.io/name": part } }),
      status: { containerStatuses: [containerStatus({ name: part, state })] },
    });
    const api = pod("api", { running: { startedAt: "2026-11-29T12:00:00Z" } });
    const worker = pod("worker", { running: { startedAt: "2026-11-29T12:00:00Z" } });
    const [older, newer] = [claim("2026-11-29T11:00:00Z"), claim("2026-11-29T13:00:00Z")];
    assert.deepEqual(podsToRestart([api, worker, older]), []);
    assert.deepEqual(podsToRestart([api, worker, newer]), ["api-1"]);
    assert.deepEqual(podsToRestart([api, worker]), ["api-1"]);
    // Its container starts again anyway, or a Job migrates.
    assert.deepEqual(podsToRestart([pod("api", { waiting: { reason: "CrashLoopBackOff" } }), newer]), []);
    assert.deepEqual(podsToRestart([api, job, newer]), []);
  });

  it("isn't confused with one that was never migrated", () => {
    assert.deepEqual(migrationsToRepeat([{ kind: "Job", metadata: metadata({ name: "migrate-1" }), status: {} }]), []);
  });
});
