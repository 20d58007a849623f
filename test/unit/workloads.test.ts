import assert from "node:assert/strict";
import { notServing, readyLimit, servesFormer } from "../../clients/kubernetes/rollout/rolled-out";
import { isUnrecoverable, isWorthTelling, sinceWhen, verdict } from "../../clients/kubernetes/rollout/verdict";
import type { Maker, Objects } from "../../clients/kubernetes/rollout/objects";
import { backedOff, blockingReplacement, withoutPods } from "../../clients/kubernetes/rollout/retry";
import type { ContainerStatus, Event, Job, Pod, ReplicaSet } from "../../clients/kubernetes/types";
import { frontServes } from "../../clients/kubernetes/pods";
import { problemsOf } from "../../lifecycle/status/pods";
import { partBegun } from "../../lifecycle/change/update";
import { type Cause, waitsOf } from "../../clients/kubernetes/rollout/waits";
import { minimal, settingsWith } from "./example-settings";
import { containerStatus, metadata } from "./kubernetes-objects";

const name = (part: string) => ({ "app.kubernetes.io/name": part });

function replicaSet(
  own: { part?: string; uid?: string; revision?: number; status?: Partial<ReplicaSet["status"]> } = {},
): ReplicaSet {
  const { part = "api", uid = `${part}-rs`, revision = 1, status = { replicas: 1 } } = own;
  return {
    kind: "ReplicaSet",
    metadata: metadata({
      name: uid,
      labels: name(part),
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
      ownerReferences: [{ kind: "Deployment", name: part, uid: part }],
    }),
    status: { replicas: 0, ...status },
  };
}

const job = (status: Job["status"]): Job => ({
  kind: "Job",
  metadata: metadata({ name: "migrate-1", uid: "job", labels: name("migration") }),
  status,
});

function pod(container: Partial<ContainerStatus>, own: { part?: string; owner?: string; phase?: string } = {}): Pod {
  const { part = "api", owner = `${part}-rs`, phase = "Running" } = own;
  return {
    kind: "Pod",
    metadata: metadata({
      name: `${owner}-x`,
      labels: name(part),
      ownerReferences: [{ kind: "any", name: owner, uid: owner }],
    }),
    spec: {
      containers: [
        {
          name: part,
          image: "reg.io/api:1",
          startupProbe: { httpGet: { path: "/readyz" }, periodSeconds: 1, failureThreshold: 120 },
        },
      ],
    },
    status: {
      phase,
      conditions: [{ type: "Ready", status: container.ready === true ? "True" : "False" }],
      containerStatuses: [containerStatus({ name: part, started: false, ...container })],
    },
  };
}

function withGate(own: Pod, gate: Partial<ContainerStatus>): Pod {
  const status = containerStatus({ name: "gate", image: "postgres:16", ...gate });
  return { ...own, status: { ...own.status, initContainerStatuses: [status] } };
}

const event = (uid: string, reason: string, message: string, lastTimestamp = "2026-11-24T12:00:00Z"): Event => ({
  kind: "Event",
  metadata: metadata({ name: `${uid}.1` }),
  involvedObject: { uid },
  reason,
  message,
  lastTimestamp,
});

const objects = (own: Partial<Objects> = {}): Objects => ({ pods: [], makers: [replicaSet()], events: [], ...own });
const waiting = (reason: string, message = "") => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, reason: "Error", ...more } });
const running = { state: { running: {} } };
const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, second)).toISOString();

const further = Object.values(
  settingsWith({
    services: {
      redis: { image: "redis:7.4", port: 6379 },
      worker: { from: "api", command: ["celery", "worker"] },
    },
  }).parts,
).filter((part) => part !== undefined);

describe("what a workload waits for", () => {
  const unhealthy = (message: string, second = 0) => event("api-rs-x", "Unhealthy", message, at(second));
  const cases: { title: string; given: Partial<Objects>; cause?: Cause; says?: RegExp }[] = [
    { title: "nothing once it is ready", given: { pods: [pod({ ...running, ready: true })] } },
    { title: "nothing while its container is being created", given: { pods: [pod(waiting("ContainerCreating"))] } },
    {
      title: "its image, in the registry's own words",
      given: {
        pods: [
          pod(
            waiting(
              "ErrImagePull",
              'failed to pull "reg.io/api:1": failed to resolve "reg.io/api:1": reg.io/api:1: not found',
            ),
          ),
        ],
      },
      cause: "image",
      says: /^ErrImagePull: reg\.io\/api:1: reg\.io\/api:1: not found$/,
    },
    {
      title: "the image of its gate",
      given: { pods: [withGate(pod(waiting("PodInitializing")), waiting("ImagePullBackOff", "not found"))] },
      cause: "gate image",
      says: /^ImagePullBackOff: postgres:16: not found$/,
    },
    {
      title: "its gate, which is waiting itself",
      given: { pods: [withGate(pod(waiting("PodInitializing")), running)] },
      cause: "gate waits",
    },
    {
      title: "nothing once its gate has let it through",
      given: { pods: [withGate(pod(waiting("PodInitializing")), { state: ended(0, { message: "closed" }) })] },
    },
    {
      title: "network policies that nobody enforces",
      given: { pods: [withGate(pod(waiting("PodInitializing")), { state: ended(81, { message: "reaches it" }) })] },
      cause: "not isolated",
      says: /^reaches it$/,
    },
    {
      title: "network policies that nobody enforces, once its gate is retried",
      given: {
        pods: [withGate(pod(waiting("PodInitializing")), { ...waiting("CrashLoopBackOff"), lastState: ended(82) })],
      },
      cause: "no DNS",
    },
    {
      title: "a migration whose gate has given up",
      given: {
        pods: [
          withGate(pod(waiting("PodInitializing"), { part: "migration", owner: "job", phase: "Failed" }), {
            state: ended(83, { message: "can't reach db:5432 after 150 s" }),
          }),
        ],
        makers: [job({ failed: 1, conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] })],
      },
      cause: "gate gave up",
      says: /^can't reach db:5432/,
    },
    {
      title: "a gate that is retrying, not its earlier error",
      given: { pods: [withGate(pod(waiting("PodInitializing")), { ...running, lastState: ended(83) })] },
      cause: "gate waits",
    },
    {
      title: "a gate that will be retried",
      given: {
        pods: [withGate(pod(waiting("PodInitializing")), { ...waiting("CrashLoopBackOff"), lastState: ended(137) })],
      },
      cause: "gate failed",
    },
    {
      title: "a Secret that doesn't exist",
      given: { pods: [pod(waiting("CreateContainerConfigError", 'secret "mail" not found'))] },
      cause: "configuration",
      says: /secret "mail" not found/,
    },
    {
      title: "a restart after its first crash",
      given: { pods: [pod({ state: ended(1), restartCount: 0 })] },
      cause: "crash",
      says: /exit code 1, 1 times/,
    },
    {
      title: "a crash loop",
      given: { pods: [pod({ ...waiting("CrashLoopBackOff"), restartCount: 2, lastState: ended(1) })] },
      cause: "crash loop",
      says: /exit code 1, 3 times/,
    },
    {
      title: "its readiness, with its check's last message",
      given: {
        pods: [pod(running)],
        events: [unhealthy("HTTP probe failed with statuscode: 503", 9), unhealthy("connection refused", 1)],
      },
      cause: "not ready",
      says: /\/readyz answers 503/,
    },
    {
      title: "a readiness path that its server doesn't have",
      given: {
        pods: [pod(running)],
        events: [unhealthy("Startup probe failed: HTTP probe failed with statuscode: 404")],
      },
      cause: "wrong path",
      says: /\/readyz answers 404/,
    },
    {
      title: "its readiness in vain, once it was killed for that",
      given: {
        pods: [pod({ ...running, restartCount: 1, lastState: ended(137, { startedAt: at(0), finishedAt: at(125) }) })],
      },
      cause: "never ready",
    },
    {
      title: "its readiness after a later crash",
      given: {
        pods: [pod({ ...running, restartCount: 1, lastState: ended(137, { startedAt: at(0), finishedAt: at(900) }) })],
      },
      cause: "not ready",
    },
    {
      title: "room in the quota",
      given: {
        makers: [
          replicaSet({
            status: {
              replicas: 0,
              conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota: preview" }],
            },
          }),
        ],
      },
      cause: "refused",
      says: /exceeded quota/,
    },
    {
      title: "room in the quota, for a Job",
      given: { makers: [job({})], events: [event("job", "FailedCreate", "exceeded quota: preview")] },
      cause: "refused",
    },
    {
      title: "nothing that a Job was refused before its pod was created",
      given: { makers: [job({ active: 1 })], events: [event("job", "FailedCreate", "exceeded quota: preview")] },
    },
    {
      title: "a migration that is running",
      given: { makers: [job({ active: 1 })], pods: [pod(running, { part: "migration", owner: "job" })] },
      cause: "running",
    },
    {
      title: "nothing for a migration's pod that has just ended",
      given: { makers: [job({ active: 1 })], pods: [pod({ state: ended(0) }, { part: "migration", owner: "job" })] },
    },
    {
      title: "a migration that has failed",
      given: {
        makers: [
          job({
            failed: 1,
            conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "reached" }],
          }),
        ],
        pods: [pod({ state: ended(3) }, { part: "migration", owner: "job", phase: "Failed" })],
      },
      cause: "failed",
      says: /BackoffLimitExceeded: reached, exit code 3/,
    },
    {
      title: "nothing when only a pod that is being replaced fails",
      given: {
        makers: [replicaSet({ uid: "old" }), replicaSet({ revision: 2 })],
        pods: [pod(waiting("ImagePullBackOff"), { owner: "old" })],
      },
    },
  ];
  for (const { title, given, cause, says = /./ } of cases) {
    it(title, () => {
      const [wait, ...more] = waitsOf(objects(given));
      assert.equal(wait?.cause, cause);
      assert.deepEqual(more, []);
      if (wait !== undefined) {
        assert.match(wait.message, says);
      }
    });
  }
});

describe("a wait", () => {
  const waits = waitsOf(objects({ pods: [pod(waiting("ErrImagePull", "not found"))] }));
  const since = sinceWhen(waits, new Map(), 100);

  it("for an image is reported at once and becomes unrecoverable after half a minute", () => {
    assert.equal(isWorthTelling(waits[0]!, since, 100), true);
    assert.equal(isUnrecoverable(waits[0]!, since, 129), false);
    assert.equal(isUnrecoverable(waits[0]!, since, 130), true);
  });

  it("stays the same while its message changes, and is a new one once it has ended", () => {
    const same = waitsOf(objects({ pods: [pod(waiting("ImagePullBackOff", "Back-off"))] }));
    assert.equal(isUnrecoverable(same[0]!, sinceWhen(same, since, 130), 130), true);
    const again = sinceWhen(waits, sinceWhen([], since, 120), 125);
    assert.equal(isUnrecoverable(waits[0]!, again, 130), false);
  });

  it("for readiness becomes unrecoverable only when its time is up, even if no check has ever ended", () => {
    const slow = waitsOf(objects({ pods: [pod(running)] }));
    const started = sinceWhen(slow, new Map(), 0);
    assert.equal(isWorthTelling(slow[0]!, started, 10), false);
    assert.equal(isUnrecoverable(slow[0]!, started, 120), false);
    assert.equal(isUnrecoverable(slow[0]!, started, 130), true);
  });

  it("is explained by its object, its sanitized last output and the setting", () => {
    const crashing = objects({
      makers: [replicaSet({ uid: "old" }), replicaSet({ revision: 2 })],
      pods: [pod({ state: ended(1), restartCount: 2 }), pod({ ...running, ready: true }, { owner: "old" })],
    });
    const wait = waitsOf(crashing)[0]!;
    assert.deepEqual(wait.ended, { pod: "api-rs-x", name: "api", isFormer: false });
    assert.equal(
      verdict(wait, crashing, "\u001b[31mno module named app\n"),
      [
        "pod api-rs-x: Error: ended with exit code 1, 3 times",
        "  | no module named app",
        "Look at the settings api.command and api.image. The previous api keeps serving until then.",
      ].join("\n"),
    );
  });

  it("is over once no former pod serves, not even one that is being stopped", () => {
    const makers = [replicaSet({ uid: "old" }), replicaSet({ revision: 2 })];
    const newest = pod({ ...running, ready: true });
    const ending = { ...newest, metadata: { ...newest.metadata, deletionTimestamp: "2026-11-24T12:00:00Z" } };
    assert.equal(servesFormer(objects({ makers, pods: [newest] })), false);
    assert.equal(servesFormer(objects({ makers, pods: [newest, ending] })), true);
    assert.equal(servesFormer(objects({ makers, pods: [newest, pod(running, { owner: "old" })] })), true);
    assert.equal(servesFormer(objects({ makers, pods: [newest, pod({}, { owner: "old", phase: "Failed" })] })), false);
    const listed = objects({
      makers,
      pods: [newest, { ...pod(running, { part: "worker" }), metadata: { ...ending.metadata, labels: name("worker") } }],
    });
    assert.equal(servesFormer(listed, further), false);
  });

  it("isn't over before each part has a ready pod that isn't being stopped", () => {
    const api = pod({ ...running, ready: true });
    const web = pod({ ...running, ready: true }, { part: "web" });
    const stopping = { ...web, metadata: { ...web.metadata, deletionTimestamp: "2026-11-24T12:00:00Z" } };
    const db = pod({ ...running, ready: true }, { part: "db" });
    assert.deepEqual(notServing(objects({ pods: [] })).toSorted(), ["api", "db", "web"]);
    assert.deepEqual(notServing(objects({ pods: [db, api, pod(running, { part: "web" })] })), ["web"]);
    assert.deepEqual(notServing(objects({ pods: [db, api, stopping] })), ["web"]);
    assert.deepEqual(notServing(objects({ pods: [api, web] })), ["db"]);
    assert.deepEqual(notServing(objects({ pods: [db, api, stopping, web] })), []);
    assert.deepEqual(notServing(objects({ pods: [db, api, web] }), further), ["redis", "worker"]);
    // Of a node that doesn't answer, the pod's condition alone changes. `preview status` sees the same pods by the same rule.
    const lost = { ...web, status: { ...web.status, conditions: [{ type: "Ready", status: "Unknown" }] } };
    assert.deepEqual(notServing(objects({ pods: [db, api, lost] })), ["web"]);
    assert.deepEqual(problemsOf([db, api, lost]), ["web: not ready"]);
    assert.deepEqual(
      [lost, stopping, web].map((pod) => frontServes([db, api, pod], ["api", "web"])),
      [false, false, true],
    );
  });

  it("may take as long as the pod's own probes allow", () => {
    const slow = pod(running, { part: "worker" });
    const patient = { ...slow.spec.containers[0]!, startupProbe: { periodSeconds: 10, failureThreshold: 60 } };
    const given = objects({ pods: [{ ...slow, spec: { containers: [patient] } }, pod(running)] });
    assert.equal(readyLimit(given, ["worker"]), 600);
    assert.equal(readyLimit(given, ["api"]), 120);
    const startedAt = "2026-11-24T12:00:00Z";
    const killed = (grace?: number): Cause => {
      const late = pod({ state: ended(137, { startedAt, finishedAt: "2026-11-24T12:02:55Z" }) });
      return waitsOf(objects({ pods: [{ ...late, spec: { ...late.spec, terminationGracePeriodSeconds: grace } }] }))[0]!
        .cause;
    };
    assert.deepEqual([killed(60), killed(5)], ["never ready", "crash"]);
  });

  it("of a further part is explained by its own settings, and by those that its image comes from", () => {
    const explained = (part: string, own: Parameters<typeof pod>[0], lastWords = "") => {
      const given = objects({ makers: [replicaSet({ part })], pods: [pod(own, { part })] });
      return verdict(waitsOf(given)[0]!, given, lastWords, further).split("\n").at(-1);
    };
    const held = objects({
      makers: [replicaSet({ part: "worker" })],
      pods: [withGate(pod(waiting("PodInitializing"), { part: "worker" }), { state: ended(83) })],
    });
    assert.match(
      verdict(waitsOf(held)[0]!, held, "", further),
      /waits for \(the setting services\.worker\.dependsOn\)/,
    );
    const missing = waiting("ErrImagePull", "not found");
    assert.equal(explained("worker", missing), "Look at the setting api.image, and registry if it needs a login.");
    assert.match(explained("redis", missing)!, /the setting services\.redis\.image, and registry/);
    const crashed = { state: ended(1), restartCount: 2 };
    assert.equal(explained("worker", crashed), "Look at the settings services.worker.command and api.image.");
    assert.equal(
      explained("worker", crashed, "ModuleNotFoundError: No module named 'shop'"),
      "Look at the settings api.settingsModule and api.image.",
    );
    const noProgram = { ...waiting("CreateContainerError", "exec: celery: executable file not found in $PATH") };
    assert.equal(explained("worker", noProgram), "Look at the settings services.worker.command and api.image.");
    assert.equal(
      explained("redis", { ...running, started: false }),
      "Look at the settings services.redis.port and services.redis.checks.",
    );
  });

  it("for a Secret names the setting that names it, which another part may have given", () => {
    const parts = Object.values(
      settingsWith({
        api: { ...minimal.api, env: { TOKEN: { secret: "mail", key: "token" } } },
        services: { worker: { from: "api" } },
      }).parts,
    ).filter((part) => part !== undefined);
    const explained = (part: string, message: string) => {
      const own = pod(waiting("CreateContainerConfigError", message), { part });
      const given = objects({ makers: [replicaSet({ part })], pods: [own] });
      return verdict(waitsOf(given)[0]!, given, "", parts).split("\n").at(-1);
    };
    const look = "Look at the setting api.env.TOKEN, and the Secret mail in the namespace.";
    for (const part of ["api", "migration", "worker"]) {
      assert.equal(explained(part, 'secret "mail" not found'), look);
      assert.equal(explained(part, "couldn't find key token in Secret pr-1/mail"), look);
    }
    const otherwise = "Look at the setting services.worker.env, and the Secrets that it names.";
    assert.equal(explained("worker", 'secret "else" not found'), otherwise);
    assert.equal(explained("worker", 'configmap "mail" not found'), otherwise);
  });

  it("for network policies names the network plugin and the setting isolation and is unrecoverable at once; one for DNS isn't", () => {
    const given = objects({
      pods: [
        withGate(pod(waiting("PodInitializing")), { state: ended(81, { message: "reaches the Kubernetes API" }) }),
      ],
    });
    const [wait] = waitsOf(given);
    assert.equal(isUnrecoverable(wait!, sinceWhen([wait!], new Map(), 0), 0), true);
    assert.match(verdict(wait!, given), /reaches the Kubernetes API\nLook at the cluster's network plugin.*isolation/);
    const faltering = objects({ pods: [withGate(pod(waiting("PodInitializing")), { state: ended(82) })] });
    const [other] = waitsOf(faltering);
    const since = sinceWhen([other!], new Map(), 0);
    assert.deepEqual(
      [59, 60].map((now) => isUnrecoverable(other!, since, now)),
      [false, true],
    );
  });

  it("for room in the quota names the setting that is too small", () => {
    const message =
      'pods "web-1" is forbidden: exceeded quota: preview, requested: limits.memory=512Mi, used: limits.memory=1Gi, limited: limits.memory=1Gi';
    const refused = objects({
      makers: [
        replicaSet({
          part: "web",
          status: { conditions: [{ type: "ReplicaFailure", status: "True", message }] },
        }),
      ],
    });
    assert.match(verdict(waitsOf(refused)[0]!, refused), /Look at the setting quota\.memory\.$/);
    const isOver = ([wait]: ReturnType<typeof waitsOf>) =>
      isUnrecoverable(wait!, sinceWhen([wait!], new Map(), 0), 600);
    assert.equal(isOver(waitsOf(refused)), true);
    // What is ending makes room: a worker may take minutes for that.
    const worker = pod({ ...running, ready: true }, { part: "worker" });
    const ending = { ...worker, metadata: { ...worker.metadata, deletionTimestamp: "2026-11-24T12:00:00Z" } };
    const crowded = waitsOf({ ...refused, pods: [ending] });
    assert.deepEqual(
      crowded.map(({ cause }) => cause),
      ["no room yet"],
    );
    assert.equal(isOver(crowded), false);
    assert.equal(waitsOf({ ...refused, pods: [worker] })[0]!.cause, "refused");
  });
});

describe("what failed before an update", () => {
  it("is recreated: pods that are waiting for a retry, and ReplicaSets without pods", () => {
    const before = objects({
      makers: [
        replicaSet(),
        replicaSet({
          part: "web",
          status: { conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }] },
        }),
      ],
      pods: [pod(waiting("CrashLoopBackOff")), pod({ ...running, ready: true }, { part: "web" })],
    });
    assert.deepEqual(backedOff(before), [before.pods[0]]);
    const gated = withGate(pod(waiting("PodInitializing")), waiting("CrashLoopBackOff"));
    assert.deepEqual(backedOff(objects({ pods: [gated] })), [gated]);
    assert.deepEqual(withoutPods(before), [before.makers[1]]);
  });

  it("is recreated during the update when a StatefulSet would wait for it for ever", () => {
    const stuck = pod(waiting("ImagePullBackOff"), { part: "db", owner: "db" });
    const database = (updateRevision: string): Maker => ({
      kind: "StatefulSet",
      metadata: metadata({ name: "db", labels: name("db") }),
      spec: { replicas: 1, template: { spec: { containers: [] } } },
      status: { replicas: 1, updateRevision },
    });
    const labelled = { ...stuck, metadata: { ...stuck.metadata, labels: { "controller-revision-hash": "db-1" } } };
    assert.deepEqual(blockingReplacement(objects({ makers: [database("db-1")], pods: [labelled] })), []);
    assert.deepEqual(blockingReplacement(objects({ makers: [database("db-2")], pods: [labelled] })), [labelled]);
  });
});

describe("the part that an update has started on", () => {
  const lines: [string, string | undefined][] = [
    [" +  kubernetes:apps/v1:Deployment shop-pr-1-web creating (0s) ", "web"],
    [" ~  kubernetes:apps/v1:StatefulSet pr-1-db updating (0s) [diff: ~spec]", "db"],
    [" ++ kubernetes:batch/v1:Job pr-1-api-migration creating replacement (0s)", "migration"],
    [" -  kubernetes:batch/v1:Job pr-1-api-migration deleting original (0s)", undefined],
    [" +  kubernetes:core/v1:Service pr-1-web creating (0s)", undefined],
    ["@ updating....", undefined],
  ];
  for (const [line, part] of lines) {
    it(`${part ?? "none"}: ${JSON.stringify(line)}`, () => assert.equal(partBegun(line), part));
  }
});
