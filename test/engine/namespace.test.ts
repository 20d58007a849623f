import assert from "node:assert/strict";
import { ownerLabels } from "../../contract";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { deleteNamespace, findNamespace, type Namespace } from "../../clients/kubernetes/namespace";
import { lookForDrift } from "../../lifecycle/drift";
import { look } from "../../clients/kubernetes/rollout/objects";
import { apply, kubectl } from "./kubectl";

describe("a preview's namespace that an update has just created", () => {
  const place = { kubeContext: "preview-deployer", namespace: "test-pr-90044" };

  after(() => kubectl("delete", "namespace", place.namespace, "--ignore-not-found"));

  it("counts as unchanged, even before the deployer has rights in it", async () => {
    await make(place, 90044);
    await assert.rejects(look(place), /deployments.*forbidden|forbidden.*pods|pods is forbidden/s);
    assert.deepEqual(await lookForDrift(place, { version: 3, deployment: {} }), { live: [], drift: [] });
  });
});

/** As the deployer: an update that waited for a closing recreates the same namespace immediately. */
describe("deleting a preview's namespace", () => {
  const place = { kubeContext: "preview-deployer", namespace: "test-pr-90043" };

  afterEach(() => kubectl("delete", "namespace", place.namespace, "--ignore-not-found"));

  it("deletes it", async () => {
    assert.equal(await deleteNamespace(place, await make(place, 90043)), true);
    await kubectl("wait", "--for=delete", `namespace/${place.namespace}`, "--timeout=60s");
    assert.equal(await findNamespace(place), undefined);
  });

  it("leaves one alone that has since been created in its place", async () => {
    const former = await make(place, 90043);
    await kubectl("delete", "namespace", place.namespace);
    assert.equal(await deleteNamespace(place, former), false);
    const current = await make(place, 90043);
    assert.equal(await deleteNamespace(place, former), false);
    assert.deepEqual([(await findNamespace(place))?.uid, (await findNamespace(place))?.phase], [current.uid, "Active"]);
  });

  it("says why when the cluster refuses", async () => {
    const foreign = { ...place, namespace: "kube-system" };
    const namespace = (await findNamespace(foreign))!;
    await assert.rejects(deleteNamespace(foreign, namespace), /namespace kube-system can't be deleted: .*[Ff]orbidden/);
  });
});

/** What an update creates first. */
async function make(place: NamespaceRef, pullRequest: number): Promise<Namespace> {
  const labels = {
    ...ownerLabels({ project: "preview-test", product: "orders", repository: "", pullRequest }),
    "pod-security.kubernetes.io/enforce": "restricted",
  };
  await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: place.namespace, labels } }]);
  return (await findNamespace(place))!;
}
