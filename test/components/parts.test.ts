import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { PreviewStack, type PreviewStackArgs } from "../../components";
import { limits, type SettingsInput } from "../../contract";
import { minimal, settingsWith } from "../unit/example-settings";
import { generated, markingTransforms, record, type Recorded, startRecording } from "./recorder";

/** The services of the issue, the API's and the web's values and a collaboration server whose image a commit changes. */
const product = {
  secrets: { SIGNING_KEY: "signing-secret" },
  api: {
    ...minimal.api,
    env: { CACHE_URL: "redis://${redis.host}:${redis.port}/0", FERNET: "${random.FERNET.base64url}" },
  },
  web: { ...minimal.web, dependsOn: ["collab"], env: { COLLAB: "wss://${hostport}/collab" } },
  services: {
    redis: { image: "redis:7.4", port: 6379, uid: 999 },
    worker: { from: "api", command: ["celery", "-A", "app", "worker"], dependsOn: ["redis"], stopSeconds: 60 },
    beat: { from: "api", command: ["celery", "-A", "app", "beat"], dependsOn: ["redis"], single: true },
    mail: { image: "axllent/mailpit:v1.27", ports: { http: 8025, smtp: 1025 }, uid: 1000 },
    collab: {
      image: "ghcr.io/myorg/collab:0123abc",
      perCommit: true,
      port: 4444,
      uses: ["api"],
      env: { KEY: "${secret.SIGNING_KEY}", BOTH: "${random.A} ${host}", PLAIN: "$HOME ${number}" },
      secrets: { OWN: "own-secret ${host}" },
      checks: { ready: { command: ["sh", "-c", "echo $X"] }, live: { http: "/live", port: 9000 }, startSeconds: 300 },
      sharedMemory: "128Mi",
      readOnlyRoot: false,
      gid: 0,
    },
  },
} satisfies SettingsInput;

async function graph(values: SettingsInput = product, transform?: PreviewStackArgs["transform"]): Promise<Recorded[]> {
  const settings = settingsWith(values);
  return record((parent) => {
    const cluster = new k8s.Provider("cluster", { context: settings.kubeContext });
    new PreviewStack(settings.names.namespace, { settings, transform }, { parent, providers: [cluster] });
  });
}

interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports?: { name: string; containerPort: number }[];
  securityContext: { readOnlyRootFilesystem: boolean };
  lifecycle?: object;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  volumeMounts: { mountPath: string }[];
}
interface Probe {
  tcpSocket?: { port: number };
  httpGet?: { path: string; port: number; httpHeaders: { value: string }[] };
  exec?: { command: string[] };
  timeoutSeconds: number;
  periodSeconds: number;
  failureThreshold?: number;
}
interface Workload {
  metadata: { name: string; annotations: Record<string, string> };
  spec: {
    replicas: number;
    podManagementPolicy?: string;
    volumeClaimTemplates?: object[];
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: { runAsUser?: number; runAsGroup?: number };
        initContainers: Container[];
        containers: Container[];
      };
    };
  };
}
interface Policy {
  metadata: { name: string };
  spec: {
    podSelector: Selector;
    policyTypes: string[];
    ingress?: { from: Peer[]; ports: { port: number }[] }[];
    egress?: { to: Peer[]; ports: { port: number }[] }[];
  };
}
interface Selector {
  matchExpressions?: { values: string[] }[];
}
interface Peer {
  podSelector?: Selector;
}

const kind = (all: Recorded[], token: string) => all.filter(({ type }) => type.endsWith(`:${token}`));
const only = <T>(all: readonly T[]): T => {
  assert.equal(all.length, 1);
  return all[0]!;
};
const workloads = (all: Recorded[]) =>
  all.filter(({ type }) => /:(StatefulSet|Deployment|Job)$/.test(type) && type.startsWith("kubernetes:"));
const workload = (all: Recorded[], name: string) => {
  const found = only(workloads(all).filter(({ inputs }) => (inputs as unknown as Workload).metadata.name === name));
  return { ...found, ...(found.inputs as unknown as Workload) };
};
const podOf = (all: Recorded[], name: string) => workload(all, name).spec.template.spec;
const containerOf = (all: Recorded[], name: string) => only(podOf(all, name).containers);
const dependsOn = ({ options }: Pick<Recorded, "options">) => [options.dependsOn].flat();

describe("further parts, as PreviewStack registers them", () => {
  let resources: Recorded[];
  before(async () => {
    await startRecording();
    resources = await graph();
  });

  it("have a workload each, a Service where they listen, and a Secret where they have one", () => {
    const names = (token: string) =>
      kind(resources, token)
        .map(({ inputs }) => (inputs as unknown as Workload).metadata.name)
        .sort();
    assert.deepEqual(names("Deployment"), ["api", "collab", "web", "worker"]);
    assert.deepEqual(names("StatefulSet"), ["beat", "db", "mail", "redis"]);
    const services = resources.filter(({ type }) => type === "kubernetes:core/v1:Service");
    assert.deepEqual(services.map(({ inputs }) => (inputs as unknown as Workload).metadata.name).sort(), [
      "api",
      "collab",
      "db",
      "mail",
      "redis",
      "web",
    ]);
    const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret").map(({ name }) => name);
    assert.deepEqual(
      secrets.sort(),
      ["api", "beat", "collab", "db", "web", "worker"].map((part) => `pr-123-${part}-secrets`),
    );
  });

  it("come up as written: a worker with the API's image and variables, its own command, no port and no checks", () => {
    const { command, args, image, env, ports, ...rest } = containerOf(resources, "worker");
    assert.deepEqual(
      [command, args, image, ports],
      [["celery", "-A", "app", "worker"], undefined, minimal.api.image, []],
    );
    const names = (part: string) => containerOf(resources, part).env.map(({ name }) => name);
    assert.deepEqual(names("worker"), names("api"));
    const cache = env.find(({ name }) => name === "CACHE_URL")?.value;
    assert.equal(cache, "redis://redis:6379/0");
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle"] as const) {
      assert.equal(rest[probe], undefined, probe);
    }
  });

  it("leave command and arguments to the image where no setting gives them", () => {
    for (const name of ["redis", "mail", "collab", "api", "web"]) {
      const { command, args } = containerOf(resources, name);
      assert.deepEqual([command, args], [undefined, undefined], name);
    }
  });

  it("are a StatefulSet of one, started in parallel and without a volume, where they are single", () => {
    for (const name of ["redis", "beat", "mail"]) {
      const { spec, type } = workload(resources, name);
      assert.match(type, /StatefulSet$/, name);
      assert.deepEqual(
        [spec.replicas, spec.podManagementPolicy, spec.volumeClaimTemplates],
        [1, "Parallel", undefined],
        name,
      );
    }
    assert.equal(workload(resources, "db").spec.podManagementPolicy, undefined);
  });

  it("change only after the migration where Django's code is in them", () => {
    const job = only(kind(resources, "Job")).resource;
    for (const name of ["api", "worker", "beat"]) {
      assert.ok(dependsOn(workload(resources, name)).includes(job), name);
    }
    for (const name of ["web", "redis", "mail", "collab"]) {
      assert.ok(!dependsOn(workload(resources, name)).includes(job), name);
    }
  });

  it("wait in their gate for what they depend on", () => {
    const needs = (name: string) =>
      only(podOf(resources, name).initContainers).env.find((variable) => variable.name === "NEEDS")?.value;
    assert.deepEqual(["worker", "beat", "web", "redis", "mail", "collab"].map(needs), [
      ...["db:5432 redis:6379", "db:5432 redis:6379", "collab:4444", "", "", ""],
    ]);
  });

  it("are checked on their port by default, or as their settings say", () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(resources, "redis");
    const tcpSocket = { port: 6379 };
    assert.deepEqual(readinessProbe, { tcpSocket, timeoutSeconds: 5, periodSeconds: 5 });
    assert.deepEqual(livenessProbe, { tcpSocket, timeoutSeconds: 5, periodSeconds: 20 });
    assert.deepEqual(startupProbe, { tcpSocket, timeoutSeconds: 5, periodSeconds: 1, failureThreshold: 120 });
    const collab = containerOf(resources, "collab");
    // Kubelet expands $(NAME) in a check's command too, where a double dollar is a literal one.
    const exec = { command: ["sh", "-c", "echo $$X"] };
    assert.deepEqual(collab.readinessProbe, { exec, timeoutSeconds: 10, periodSeconds: 5 });
    assert.deepEqual(collab.startupProbe, { exec, timeoutSeconds: 10, periodSeconds: 1, failureThreshold: 300 });
    assert.deepEqual([collab.livenessProbe?.httpGet?.path, collab.livenessProbe?.httpGet?.port], ["/live", 9000]);
  });

  it("have as long to stop as their settings say, and so has their deletion", () => {
    const seconds = (name: string) => {
      const { options, spec } = workload(resources, name);
      return [spec.template.spec.terminationGracePeriodSeconds, options.customTimeouts?.delete];
    };
    assert.deepEqual(seconds("worker"), [60, "120s"]);
    assert.deepEqual(seconds("redis"), [limits.podEndSeconds, `${limits.workloadDeletionSeconds}s`]);
    assert.equal(only(kind(resources, "Namespace")).options.customTimeouts?.delete, "120s");
  });

  it("go with the namespace where they may take long to stop, so that a closing is the first to delete their pods", () => {
    const namespace = only(kind(resources, "Namespace"));
    const deletedWith = (name: string) => workload(resources, name).options.deletedWith;
    assert.deepEqual(["worker", "redis", "api"].map(deletedWith), [namespace.resource, undefined, undefined]);
  });

  it("have their updates waited for as long as they may take to start and to stop", () => {
    const update = (name: string) => workload(resources, name).options.customTimeouts?.update;
    const usual = limits.workloadUpdateSeconds;
    const starting = 300 - limits.serverReadySeconds;
    const stopping = 60 - limits.podEndSeconds;
    assert.deepEqual(["redis", "collab", "worker"].map(update), [
      `${usual}s`,
      `${usual + starting}s`,
      `${usual + stopping}s`,
    ]);
  });

  it("are waited for, with the namespace too, beyond the longest time to stop", async () => {
    const slow = await graph({ services: { worker: { from: "api", stopSeconds: 600 } } });
    const deletion = ({ options }: Pick<Recorded, "options">) => options.customTimeouts?.delete;
    assert.deepEqual([deletion(workload(slow, "worker")), deletion(only(kind(slow, "Namespace")))], ["660s", "660s"]);
    assert.equal(deletion(workload(slow, "api")), "120s");
  });

  it("run as their user and group, on the root and with the shared memory that their settings say", () => {
    const identity = (name: string) => {
      const { runAsUser, runAsGroup } = podOf(resources, name).securityContext;
      return [runAsUser, runAsGroup, containerOf(resources, name).securityContext.readOnlyRootFilesystem];
    };
    assert.deepEqual(identity("redis"), [999, 999, true]);
    assert.deepEqual(identity("collab"), [undefined, 0, false]);
    assert.deepEqual(
      containerOf(resources, "collab").volumeMounts.map(({ mountPath }) => mountPath),
      ["/tmp", "/dev/shm"],
    );
  });

  it("listen on all their ports by name", () => {
    const service = only(
      resources.filter(({ type, name }) => type === "kubernetes:core/v1:Service" && name === "pr-123-mail"),
    );
    assert.deepEqual((service.inputs as { spec: { ports: object[] } }).spec.ports, [
      { name: "http", port: 8025, targetPort: 8025 },
      { name: "smtp", port: 1025, targetPort: 1025 },
    ]);
    assert.deepEqual(containerOf(resources, "mail").ports, [
      { name: "http", containerPort: 8025 },
      { name: "smtp", containerPort: 1025 },
    ]);
  });

  it("have no secret outside of Secrets, and get what is interpolated into one from there", async () => {
    const random = kind(resources, "RandomPassword").map(({ name }) => generated(name));
    const bytes = createHash("sha256").update(generated("pr-123-random-FERNET-bytes")).digest("base64url");
    const secretTexts = ["signing-secret", "own-secret", bytes, ...random];
    for (const { type, name, inputs, props } of resources) {
      const found = secretTexts.filter((secret) => JSON.stringify(inputs).includes(secret));
      if (type !== "kubernetes:core/v1:Secret") {
        assert.deepEqual(found, [], `${type} ${name}`);
        continue;
      }
      assert.ok(await pulumi.isSecret(pulumi.output(props.stringData)), `${name} is not marked as secret`);
    }
    const data = (part: string) =>
      (only(resources.filter(({ name }) => name === `pr-123-${part}-secrets`)).inputs as { stringData: object })
        .stringData;
    assert.deepEqual(data("collab"), {
      KEY: "signing-secret",
      BOTH: `${generated("pr-123-random-A")} pr-123.previews.example.com`,
      OWN: "own-secret ${host}",
    });
    const fernet = (part: string) => (data(part) as { FERNET: string }).FERNET;
    assert.deepEqual([fernet("api"), fernet("worker")], [`${bytes}=`, `${bytes}=`]);
    assert.equal(fernet("api").length, 44);
    const { env } = containerOf(resources, "collab");
    assert.deepEqual(
      env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.secretKeyRef.key]),
      [
        ["KEY", "KEY"],
        ["BOTH", "BOTH"],
        ["PLAIN", "$$HOME 123"],
        ["OWN", "OWN"],
      ],
    );
  });

  it("make no RandomBytes, whose id in the state is its value in clear", () => {
    assert.deepEqual(
      resources.filter(({ type }) => /^random:/.test(type)).map(({ type }) => type.split(":").at(-1)),
      resources.filter(({ type }) => /^random:/.test(type)).map(() => "RandomPassword"),
    );
  });

  /** `worker → redis:6379`, for each path that both policies, of the part and of the other one, open. */
  function paths(all: Recorded[]): { readonly out: string[]; readonly into: string[] } {
    const policies = kind(all, "NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
    const named = ({ matchExpressions }: Selector = {}) => matchExpressions?.flatMap(({ values }) => values) ?? [];
    const pairs = (from: string[], to: string[], ports: { port: number }[]) =>
      from.flatMap((one) => to.flatMap((other) => ports.map(({ port }) => `${one} → ${other}:${port}`)));
    const out = policies.flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to, ports }) =>
        pairs(
          named(spec.podSelector),
          to.flatMap(({ podSelector }) => named(podSelector)),
          ports,
        ),
      ),
    );
    const into = policies.flatMap(({ spec }) =>
      (spec.ingress ?? []).flatMap(({ from, ports }) =>
        pairs(
          from.flatMap(({ podSelector }) => named(podSelector)),
          named(spec.podSelector),
          ports,
        ),
      ),
    );
    return { out: out.sort(), into: into.sort() };
  }

  it("reach what they use or depend on and nothing else, by a policy on both sides", () => {
    const { out, into } = paths(resources);
    assert.deepEqual(out, into);
    assert.deepEqual(out, [
      "api → db:5432",
      "api → redis:6379",
      "beat → db:5432",
      "beat → redis:6379",
      "collab → api:8000",
      "migration → db:5432",
      "migration → redis:6379",
      "web → api:8000",
      "web → collab:4444",
      "worker → db:5432",
      "worker → redis:6379",
    ]);
  });

  it("reach each other in both directions where both use each other", async () => {
    const mutual = await graph({
      api: { ...minimal.api, port: 8080, uses: ["mail"] },
      services: { mail: { ...product.services.mail, uses: ["api", "database"] } },
    });
    const { out, into } = paths(mutual);
    assert.deepEqual(out, into);
    assert.deepEqual(out, [
      "api → db:5432",
      "api → mail:1025",
      "api → mail:8025",
      "mail → api:8080",
      "mail → db:5432",
      "migration → db:5432",
      "migration → mail:1025",
      "migration → mail:8025",
      "web → api:8080",
    ]);
  });

  it("go out where their own egress says, otherwise where the setting egress says if the product's code is in them", async () => {
    const [common, own] = [[{ cidr: "192.0.2.0/24" }], [{ cidr: "198.51.100.0/24", ports: [25] }]];
    const services = { ...product.services, mail: { ...product.services.mail, egress: own } };
    const all = await graph({
      ...product,
      services: { ...services, beat: { ...services.beat, egress: [] } },
      egress: common,
    });
    const outside = kind(all, "NetworkPolicy")
      .map(({ inputs }) => inputs as unknown as Policy)
      .filter(({ spec }) => JSON.stringify(spec).includes("ipBlock"))
      .map(({ metadata, spec }) => [metadata.name, spec.podSelector.matchExpressions?.[0]?.values, spec.policyTypes]);
    assert.deepEqual(outside, [
      ["extra-egress", ["api", "collab", "migration", "web", "worker"], ["Egress"]],
      ["mail.egress", ["mail"], ["Egress"]],
    ]);
  });

  it("pass through the transform of their name, and the others don't", async () => {
    const { seen, mark } = markingTransforms();
    const all = await graph(product, { services: { redis: mark("redis"), worker: mark("worker") } });
    assert.deepEqual(seen.sort(), ["redis", "worker"]);
    assert.deepEqual(
      workloads(all)
        .map(({ inputs }) => (inputs as unknown as Workload).metadata.annotations.part)
        .filter((part) => part !== undefined)
        .sort(),
      ["redis", "worker"],
    );
  });

  it("run no pod while the preview sleeps", async () => {
    const asleep = await graph({ ...product, asleep: true });
    for (const { inputs, type } of workloads(asleep)) {
      const { metadata, spec } = inputs as unknown as Workload;
      assert.equal(spec.replicas ?? 0, 0, `${type} ${metadata.name}`);
    }
  });

  it("leave the standard parts' resources as they are", async () => {
    const standard = await graph({});
    const key = ({ type, name, options }: Recorded) => `${type} ${name} ${String(options.parent !== undefined)}`;
    const withServices = new Set(resources.map(key));
    assert.deepEqual(
      standard.map(key).filter((one) => !withServices.has(one)),
      [],
    );
  });
});

describe("a preview without a web, or without a migration", () => {
  before(startRecording);

  it("leads / to the API, which the controller may reach, and has nothing of the web", async () => {
    const all = await graph({ web: { enabled: false } });
    const { spec } = only(kind(all, "Ingress")).inputs as unknown as {
      spec: { rules: { http: { paths: { path: string; backend: { service: object } }[] } }[] };
    };
    assert.deepEqual(
      spec.rules.flatMap(({ http }) => http.paths.map(({ path, backend }) => [path, backend.service])),
      [["/", { name: "api", port: { number: 8000 } }]],
    );
    const policies = kind(all, "NetworkPolicy").map(({ inputs }) => (inputs as unknown as Policy).metadata.name);
    assert.ok(policies.includes("controller-to-api"));
    assert.deepEqual(
      policies.filter((name) => name.includes("web")),
      [],
    );
    assert.deepEqual(
      workloads(all)
        .map(({ type }) => type.split(":").at(-1))
        .sort(),
      ["Deployment", "Job", "StatefulSet"],
    );
  });

  it("makes no Job with migrate: none, and no policy names the migration", async () => {
    const all = await graph({
      api: { ...minimal.api, migrate: "none" },
      services: { worker: { from: "api" } },
      egress: [{ cidr: "192.0.2.0/24" }],
    });
    assert.equal(kind(all, "Job").length + kind(all, "Migration").length, 0);
    const policies = kind(all, "NetworkPolicy").map(({ inputs }) => inputs);
    assert.doesNotMatch(JSON.stringify(policies), /migration/);
  });
});
