import assert from "node:assert/strict";
import { standardPartList } from "../../contract";
import { namespaceFrom } from "../../clients/kubernetes/namespace";
import type { Job } from "../../clients/kubernetes/types";
import { tryAgain } from "../../clients/kubernetes/rollout/retry";
import type { Maker } from "../../clients/kubernetes/rollout/objects";
import { deleteAtOnce } from "../../lifecycle/close";
import { isMigrated } from "../../lifecycle/sleep/start-at-once";
import { fakeKubectl } from "./kubectl";
import { metadata } from "./kubernetes-objects";

const place = { kubeContext: "previews", namespace: "pr-7" };

describe("closing a preview", () => {
  const kubectl = fakeKubectl();

  it("ends its pods within 5 s, however long they may take otherwise", async () => {
    kubectl.answers("exit 0");
    const namespace = namespaceFrom({
      kind: "Namespace",
      metadata: metadata({ name: "pr-7" }),
      status: { phase: "Active" },
    });
    const told: string[] = [];
    await deleteAtOnce(place, namespace, (message) => told.push(message));
    const [first, second, third] = kubectl.calls();
    assert.match(first!, /delete --raw \/api\/v1\/namespaces\/pr-7/);
    assert.match(second!, /delete pods --all --grace-period=5 .*--wait=false/);
    assert.match(third!, /delete deployments,statefulsets,jobs --all .*--wait=false/);
    assert.deepEqual(told, []);
  });
});

describe("what was refused pods while others were ending", () => {
  const kubectl = fakeKubectl();
  const maker = (kind: Maker["kind"], name: string) => ({ kind, metadata: metadata({ name }), status: {} }) as Maker;

  it("tries again at once: a ReplicaSet is made anew, the others are only touched", async () => {
    kubectl.answers("exit 0");
    await tryAgain(place, [maker("ReplicaSet", "api-1"), maker("StatefulSet", "redis")], () => undefined);
    const calls = kubectl.calls().map((call) => call.replace("--context previews --namespace pr-7 ", ""));
    assert.match(calls[0]!, /^delete replicaset\/api-1 /);
    assert.match(calls[1]!, /^annotate statefulset\/redis preview-stack\/tried-again=1 --overwrite/);
  });
});

describe("waking a preview", () => {
  const job = (succeeded: number): Job => ({
    kind: "Job",
    metadata: metadata({ name: "migration-1" }),
    status: { succeeded },
  });
  const objects = (...makers: Job[]) => ({ pods: [], events: [], makers });

  it("starts its workloads at once unless a migration is left to run", () => {
    assert.equal(isMigrated(objects(job(1)), standardPartList), true);
    assert.equal(isMigrated(objects(job(1), job(0)), standardPartList), false);
    assert.equal(isMigrated(objects(), standardPartList), false);
    const without = standardPartList.filter(({ role }) => role !== "migration");
    assert.equal(isMigrated(objects(), without), true);
  });
});
