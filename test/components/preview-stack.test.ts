import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { rootCertificates } from "node:tls";
import { PreviewStack, type PreviewStackArgs } from "../../components";
import { container } from "../../components/pod";
import { nameLabel, ownerLabels, type SettingsInput } from "../../contract";
import { certificate, minimal, settingsWith } from "../unit/example-settings";
import { generated, markingTransforms, record, type Recorded, startRecording } from "./recorder";

const everything: SettingsInput = {
  prefix: "shop",
  repository: "myorg/orders",
  api: {
    ...minimal.api,
    secrets: { STRIPE_KEY: "stripe-secret" },
    env: { SHARED: { secret: "shared", key: "token" } },
  },
  dns: { zoneId: "a".repeat(32), target: "lb.example.com" },
  registry: { server: "ghcr.io", username: "bot", password: "registry-secret" },
  deployer: { kind: "ServiceAccount", name: "deployer", namespace: "ci" },
  egress: [{ cidr: "192.0.2.0/24", ports: [443] }],
  ingress: { apiHost: true, apiPaths: ["/ws/"] },
  trustedCa: certificate,
  demoLogin: { username: "reviewer", passwordVariable: "DEMO_USER_PASSWORD" },
};

async function graph(values: SettingsInput = everything, stack = "pr-123", transform?: PreviewStackArgs["transform"]) {
  const settings = settingsWith(values, stack);
  const resources = await record((parent) => {
    const cluster = new k8s.Provider("cluster", { context: settings.kubeContext });
    new PreviewStack(settings.names.namespace, { settings, transform }, { parent, providers: [cluster] });
  });
  return { settings, resources };
}

interface PodSpec {
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: {
    runAsNonRoot: boolean;
    runAsUser?: number;
    runAsGroup?: number;
    fsGroup?: number;
    seccompProfile: { type: string };
  };
  imagePullSecrets: { name: string }[];
  volumes: {
    name: string;
    configMap?: { name: string };
    emptyDir?: { medium?: string; sizeLimit?: string };
  }[];
  initContainers: Container[];
  containers: Container[];
}
interface Container {
  name: string;
  image: string;
  command?: string[];
  env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  securityContext: {
    allowPrivilegeEscalation: boolean;
    readOnlyRootFilesystem: boolean;
    capabilities: { drop: string[] };
    runAsUser?: number;
    runAsGroup?: number;
  };
  resources: { requests: { memory: string }; limits: object };
  volumeMounts?: { name: string; mountPath: string }[];
  ports?: { containerPort: number }[];
  terminationMessagePolicy: string;
  readinessProbe?: { httpGet?: { path: string; httpHeaders: { name: string; value: string }[] } };
}
interface Workload {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  spec: {
    selector?: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
  };
}

const kubernetes = ({ type }: Recorded) => type.startsWith("kubernetes:");
const kind = (resources: Recorded[], token: string) => resources.filter(({ type }) => type.endsWith(`:${token}`));
const workloads = (resources: Recorded[]) =>
  ["StatefulSet", "Deployment", "Job"]
    .flatMap((token) => kind(resources, token))
    .map(({ inputs }) => inputs as unknown as Workload);
const podLabels = (resources: Recorded[]) => workloads(resources).map(({ spec }) => spec.template.metadata.labels);
const only = <T>(all: T[]): T => {
  assert.equal(all.length, 1);
  return all[0]!;
};

describe("PreviewStack, as it registers its resources", () => {
  let resources: Recorded[];
  before(async () => {
    await startRecording();
    resources = (await graph()).resources;
  });

  it("creates every part of a preview", () => {
    const count = (token: string) => kind(resources, token).length;
    const expected = {
      Namespace: 1,
      ResourceQuota: 1,
      LimitRange: 1,
      RoleBinding: 1,
      RandomPassword: 4,
      StatefulSet: 1,
      Job: 1,
      Deployment: 2,
      Service: 3,
      Ingress: 1,
      ConfigMap: 1,
      DnsRecord: 4,
    };
    const found = Object.fromEntries(Object.keys(expected).map((token) => [token, count(token)]));
    // For two hosts: our component DnsRecord and Cloudflare's resource in it.
    assert.deepEqual(found, expected);
  });

  it("creates nothing that no setting asks for", async () => {
    const { resources } = await graph({});
    for (const token of ["DnsRecord", "RoleBinding", "RegistryCredentials", "ConfigMap", "DemoLogin"]) {
      assert.equal(kind(resources, token).length, 0, token);
    }
  });

  it("gives every resource a parent, and every child a name derived from its parent's", () => {
    for (const { name, type, options } of resources.filter(({ name }) => name !== "cluster")) {
      assert.ok(options.parent !== undefined, `${type} ${name} has no parent`);
      assert.ok(name.startsWith("shop-pr-123"), `${type} ${name}`);
    }
  });

  it("reverts manual changes to a running workload", () => {
    const annotations = [...kind(resources, "Deployment"), ...kind(resources, "StatefulSet")].map(
      ({ inputs }) => (inputs as unknown as Workload).metadata.annotations?.["pulumi.com/patchForce"],
    );
    assert.deepEqual(annotations, ["true", "true", "true"]);
  });

  it("waits for the pods of a deleted StatefulSet or Job, but not of a Deployment", () => {
    const policies = Object.fromEntries(
      ["Deployment", "StatefulSet", "Job"].map((token) => [
        token,
        kind(resources, token).map(
          ({ inputs }) =>
            (inputs as unknown as Workload).metadata.annotations?.["pulumi.com/deletionPropagationPolicy"],
        ),
      ]),
    );
    assert.deepEqual(policies, {
      Deployment: ["background", "background"],
      StatefulSet: [undefined],
      Job: [undefined],
    });
  });

  it("deletes what has pods first, and lets the rest of the namespace go with it", () => {
    const namespace = only(kind(resources, "Namespace"));
    for (const resource of resources.filter(({ name }) => name !== "cluster")) {
      const hasPods = /:(StatefulSet|Deployment|Job)$/.test(resource.type);
      const goes = kubernetes(resource) && resource !== namespace && !hasPods;
      const { type, name, options } = resource;
      assert.equal(options.deletedWith, goes ? namespace.resource : undefined, `${type} ${name}`);
    }
  });

  it("puts everything namespaced into the preview's namespace", () => {
    for (const { type, name, inputs } of resources.filter(
      (resource) => kubernetes(resource) && !resource.type.endsWith(":Namespace"),
    )) {
      assert.equal((inputs.metadata as { namespace: string }).namespace, "shop-pr-123", `${type} ${name}`);
    }
  });

  it("labels the namespace with its owner and enforces the restricted Pod Security Standard", async () => {
    const { settings, resources } = await graph();
    const { labels } = only(kind(resources, "Namespace")).inputs.metadata as { labels: Record<string, string> };
    assert.deepEqual({ ...labels, ...ownerLabels(settings.owner) }, labels);
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("keeps secrets only in Secrets, marked as secret", async () => {
    const secretTexts = [
      "stripe-secret",
      "registry-secret",
      ...kind(resources, "RandomPassword").map(({ name }) => generated(name)),
    ];
    assert.equal(secretTexts.length, 6);
    for (const { type, name, inputs, props } of resources) {
      const text = JSON.stringify(inputs);
      const found = secretTexts.filter((secret) => text.includes(secret));
      if (type !== "kubernetes:core/v1:Secret") {
        assert.deepEqual(found, [], `${type} ${name}`);
        continue;
      }
      assert.notEqual(found.length, 0, `${name} holds none of the secrets that the test knows`);
      const values = pulumi.output(props.stringData);
      assert.ok(await pulumi.isSecret(values), `${name} is not marked as secret`);
    }
  });

  it("makes pods' Secrets and ConfigMaps immutable and auto-named, so that a change rolls the pods", () => {
    const secrets = resources.filter(
      ({ type, name }) => /:(Secret|ConfigMap)$/.test(type) && name !== "shop-pr-123-login",
    );
    assert.equal(secrets.length, 5);
    for (const { inputs, name } of secrets) {
      assert.equal(inputs.immutable, true, name);
      assert.equal((inputs.metadata as { name?: string }).name, undefined, name);
    }
  });

  it("takes each secret variable from a Secret that has its key", () => {
    const secrets = new Map(
      resources
        .filter(({ type }) => type === "kubernetes:core/v1:Secret")
        .map(({ name, inputs }) => [name, Object.keys(inputs.stringData as object)]),
    );
    for (const { spec } of workloads(resources)) {
      for (const { valueFrom, name } of spec.template.spec.containers.flatMap(({ env }) => env)) {
        if (valueFrom !== undefined && valueFrom.secretKeyRef.name !== "shared") {
          const { name: secret, key } = valueFrom.secretKeyRef;
          assert.ok(secrets.get(secret)?.includes(key), `${name}: ${secret} has no ${key}`);
        }
      }
    }
  });

  it("matches each workload's selector with its own pods", () => {
    for (const { metadata, spec } of workloads(resources).filter(({ spec }) => spec.selector !== undefined)) {
      const { labels } = spec.template.metadata;
      assert.deepEqual(spec.selector?.matchLabels, { [nameLabel]: labels[nameLabel] }, metadata.name);
      assert.equal(labels[nameLabel], metadata.name);
    }
  });

  it("points every Service at the pods of exactly one workload, on a port that they have", () => {
    for (const { inputs } of kind(resources, "Service")) {
      const { metadata, spec } = inputs as unknown as {
        metadata: { name: string };
        spec: { selector: Record<string, string>; ports: { port: number; targetPort?: number }[] };
      };
      const selected = only(
        workloads(resources).filter(({ spec: { template } }) =>
          Object.entries(spec.selector).every(([key, value]) => template.metadata.labels[key] === value),
        ),
      );
      const { port, targetPort } = only(spec.ports);
      const open = selected.spec.template.spec.containers.flatMap(({ ports = [] }) =>
        ports.map(({ containerPort }) => containerPort),
      );
      assert.ok(open.includes(targetPort ?? port), metadata.name);
    }
  });

  it("publishes the reviewers' login in a Secret with a fixed name, with the API's password", () => {
    const [login, api] = ["shop-pr-123-login", "shop-pr-123-api-secrets"].map(
      (name) =>
        only(resources.filter((one) => one.name === name && one.type.endsWith("Secret"))).inputs as {
          metadata: { name?: string };
          stringData: Record<string, string>;
        },
    );
    assert.equal(login?.metadata.name, "demo-login");
    assert.deepEqual(login.stringData, { username: "reviewer", password: api?.stringData.DEMO_USER_PASSWORD });
  });

  it("mounts the trusted certificates where the variables point", () => {
    const configMap = only(kind(resources, "ConfigMap"));
    assert.deepEqual(configMap.inputs.data, { "ca.crt": certificate });
    for (const { metadata, spec } of workloads(resources).filter(({ metadata }) => metadata.name !== "db")) {
      const { volumes, containers } = spec.template.spec;
      const { env, volumeMounts } = only(containers);
      const volume = volumes.find(({ configMap: source }) => source?.name === configMap.name);
      const mount = volumeMounts!.find(({ name }) => name === volume?.name);
      const variables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
      const files = env.filter(({ name }) => variables.includes(name)).map(({ value }) => value);
      assert.deepEqual([...new Set(files)], [`${mount?.mountPath}/ca.crt`], metadata.name);
    }
  });

  it("adds the public CAs when a setting says so, within a ConfigMap's size limit", async () => {
    const { resources } = await graph({ trustedCa: certificate, trustPublicCas: true });
    const { data } = only(kind(resources, "ConfigMap")).inputs as { data: Record<string, string> };
    const all = data["ca.crt"]!;
    assert.deepEqual(all.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g), [
      certificate.trimEnd(),
      ...rootCertificates,
    ]);
    assert.ok(all.endsWith("-----\n") && all.length < 2 ** 20);
  });

  it("passes variables, commands and arguments to containers verbatim", async () => {
    const written = ["a$b", "a$$b", "$(PREVIEW_HOST)", "$", "$$(X)$"];
    // https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    const given = ["a$$b", "a$$$$b", "$$(PREVIEW_HOST)", "$$", "$$$$(X)$$"];
    const env = Object.fromEntries(written.map((value, index) => [`V${index}`, value]));
    const { resources } = await graph({
      api: { ...minimal.api, env, command: written, migrate: written },
      web: { ...minimal.web, env, command: written },
    });
    for (const { metadata, spec } of workloads(resources).filter(({ metadata }) => metadata.name !== "db")) {
      const { command, env: variables } = only(spec.template.spec.containers);
      assert.deepEqual(command, given, metadata.name);
      const own = variables.filter(({ name }) => name in env);
      assert.deepEqual(
        own.map(({ value }) => value),
        given,
        metadata.name,
      );
    }
    assert.deepEqual(container({ name: "one", args: written }).args, given);
  });

  it("routes its hosts to Services and ports that exist", () => {
    const { spec } = only(kind(resources, "Ingress")).inputs as unknown as {
      spec: {
        tls: { hosts: string[]; secretName?: string }[];
        rules: {
          host: string;
          http: { paths: { path: string; backend: { service: { name: string; port: { number: number } } } }[] };
        }[];
      };
    };
    const routes = spec.rules.flatMap(({ host, http }) =>
      http.paths.map(({ path, backend }) => [host, path, backend.service.name]),
    );
    assert.deepEqual(routes, [
      ["shop-pr-123.previews.example.com", "/", "web"],
      ["shop-pr-123.previews.example.com", "/ws/", "api"],
      ["shop-pr-123-api.previews.example.com", "/", "api"],
    ]);
    assert.deepEqual(only(spec.tls), { hosts: spec.rules.map(({ host }) => host) });
    const services = kind(resources, "Service").map(
      ({ inputs }) => inputs as { metadata: { name: string }; spec: { ports: { port: number }[] } },
    );
    for (const { name, port } of spec.rules.flatMap(({ http }) => http.paths.map(({ backend }) => backend.service))) {
      assert.ok(
        services.some(
          ({ metadata, spec }) => metadata.name === name && spec.ports.some((open) => open.port === port.number),
        ),
      );
    }
  });

  it("runs every pod restricted, without a token or service links, and with a short grace period", () => {
    for (const { metadata, spec } of workloads(resources)) {
      const pod = spec.template.spec;
      assert.equal(pod.automountServiceAccountToken, false, metadata.name);
      assert.equal(pod.enableServiceLinks, false, metadata.name);
      assert.ok(pod.terminationGracePeriodSeconds <= 5, metadata.name);
      assert.equal(pod.securityContext.runAsNonRoot, true, metadata.name);
      assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault", metadata.name);
      assert.equal(pod.imagePullSecrets.length, 1, metadata.name);
      for (const container of [...pod.initContainers, ...pod.containers]) {
        assert.equal(container.securityContext.allowPrivilegeEscalation, false, container.name);
        assert.equal(container.securityContext.readOnlyRootFilesystem, true, container.name);
        assert.deepEqual(container.securityContext.capabilities.drop, ["ALL"], container.name);
        assert.equal(container.terminationMessagePolicy, "File", container.name);
        assert.ok(container.resources.requests && container.resources.limits, container.name);
        const volumes = [...pod.volumes.map(({ name }) => name), "data"];
        assert.ok(
          (container.volumeMounts ?? []).every(({ name }) => volumes.includes(name)),
          container.name,
        );
      }
    }
  });

  it("runs only the gate before every pod's own containers, as an unprivileged user", () => {
    const database = workloads(resources).find(({ metadata }) => metadata.name === "db");
    const { image } = only(database!.spec.template.spec.containers);
    for (const { metadata, spec } of workloads(resources)) {
      const gate = only(spec.template.spec.initContainers);
      assert.deepEqual([gate.name, gate.image], ["gate", image], metadata.name);
      const { runAsUser, runAsGroup } = gate.securityContext;
      assert.deepEqual([runAsUser, runAsGroup], [65534, 65534], metadata.name);
      const needs = gate.env.find(({ name }) => name === "NEEDS")?.value;
      assert.equal(needs, /^(api|migrate)/.test(metadata.name) ? "db:5432" : "", metadata.name);
    }
  });

  const folders = (all: Recorded[]) =>
    Object.fromEntries(
      workloads(all).map(({ metadata, spec: { template } }) => {
        const { volumes, containers } = template.spec;
        const { resources, volumeMounts } = only(containers);
        const mounted = volumeMounts!.map(({ name, mountPath }) => {
          const { medium, sizeLimit } = volumes.find((volume) => volume.name === name)?.emptyDir ?? {};
          return [mountPath, medium, sizeLimit] as const;
        });
        const sized = mounted.filter(([, , sizeLimit]) => sizeLimit !== undefined);
        const sizes = sized.map(([path, medium, sizeLimit]) => `${path} ${medium ?? "disk"} ${sizeLimit}`);
        return [
          metadata.name.replace(/-.*/, ""),
          { sizes, limits: resources.limits, request: resources.requests.memory },
        ];
      }),
    );

  it("keeps writable folders in memory, with a size that fits the container's limit", () => {
    const api = { sizes: ["/tmp Memory 64Mi"], limits: { memory: "576Mi" }, request: "160Mi" };
    assert.deepEqual(folders(resources), {
      db: {
        sizes: ["/tmp Memory 64Mi", "/var/run/postgresql Memory 1Mi", "/dev/shm Memory 256Mi"],
        limits: { memory: "833Mi" },
        request: "96Mi",
      },
      migrate: api,
      api,
      web: {
        sizes: ["/tmp Memory 64Mi", "/app/.next/cache Memory 64Mi"],
        limits: { memory: "640Mi" },
        request: "128Mi",
      },
    });
  });

  it("keeps a folder on disk, or a larger one in memory, when a setting says so", async () => {
    const writablePaths = ["/tmp", { path: "/cache", size: "2Gi", disk: true }, { path: "/media", size: "100M" }];
    const { resources } = await graph({ api: { ...minimal.api, writablePaths } });
    for (const part of ["api", "migrate"]) {
      const sizes = ["/tmp Memory 64Mi", "/cache disk 2Gi", "/media Memory 96Mi"];
      assert.deepEqual(folders(resources)[part], { sizes, limits: { memory: "672Mi" }, request: "160Mi" });
    }
  });

  it("runs pods as the user and group of their settings; the group defaults to the user", async () => {
    const identities = async (api: SettingsInput["api"], web: SettingsInput["web"]) => {
      const { resources } = await graph({ api: { ...minimal.api, ...api }, web: { ...minimal.web, ...web } });
      return Object.fromEntries(
        workloads(resources).map(({ metadata, spec: { template } }) => {
          const { runAsUser, runAsGroup, fsGroup } = template.spec.securityContext;
          return [metadata.name.replace(/-.*/, ""), [runAsUser, runAsGroup, fsGroup]];
        }),
      );
    };
    const db = [999, 999, 999];
    const [users, groups, none] = [
      [10001, 10001, 10001],
      [10001, 0, 0],
      [undefined, undefined, undefined],
    ];
    assert.deepEqual(await identities({ uid: 10001 }, { uid: 10001, gid: 0 }), {
      ...{ db, api: users, migrate: users, web: groups },
    });
    assert.deepEqual(await identities({ gid: 10001 }, {}), {
      ...{ db, api: [undefined, 10001, 10001], migrate: [undefined, 10001, 10001], web: none },
    });
  });

  it("probes Django with a host that it allows", async () => {
    const { resources } = await graph({ ...everything, api: { ...everything.api, readyPath: "/readyz" } });
    const api = workloads(resources).find(({ metadata }) => metadata.name === "api");
    const { readinessProbe, env } = only(api!.spec.template.spec.containers);
    const allowed = env.find(({ name }) => name === "ALLOWED_HOSTS")?.value?.split(",");
    assert.ok(allowed?.includes(only(readinessProbe!.httpGet!.httpHeaders).value));
  });

  it("updates the API only after the migration, and migrates only after the database is created", () => {
    const needs = (name: string, type: string) => {
      const found = only(resources.filter((resource) => resource.name === name && resource.type.endsWith(`:${type}`)));
      return [found.options.dependsOn].flat();
    };
    assert.ok(needs("shop-pr-123-api", "Deployment").includes(only(kind(resources, "Job")).resource));
    assert.ok(needs("shop-pr-123-api-migration", "Migration").includes(only(kind(resources, "Postgres")).resource));
  });

  it("starts an API that migrates by itself after each new database", async () => {
    const api = { ...minimal.api, migrate: "none" as const };
    const at = async (generation: number) => {
      const { resources: all } = await graph({ api, database: { generation } });
      assert.deepEqual(kind(all, "Job"), []);
      const deployment = only(kind(all, "Deployment").filter(({ name }) => name === "pr-123-api"));
      assert.ok([deployment.options.dependsOn].flat().includes(only(kind(all, "Postgres")).resource));
      return (deployment.inputs as { spec: { template: { metadata: { annotations: object } } } }).spec.template;
    };
    const [first, second] = [await at(1), await at(2)];
    assert.notDeepEqual(first.metadata.annotations, second.metadata.annotations);
  });

  it("starts no pod before the network policies exist", () => {
    const isolation = only(kind(resources, "Isolation")).resource;
    for (const token of ["Postgres", "DjangoApi", "NextWeb"]) {
      assert.ok([only(kind(resources, token)).options.dependsOn].flat().includes(isolation), token);
    }
  });

  it("keeps old pods until new ones are ready, and tries a migration once", () => {
    for (const { inputs } of kind(resources, "Deployment")) {
      const { strategy } = (inputs as { spec: { strategy: object } }).spec;
      assert.deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    }
    assert.equal((only(kind(resources, "Job")).inputs as { spec: { backoffLimit: number } }).spec.backoffLimit, 0);
  });

  it("binds the deployer to its one role, in the preview's namespace", () => {
    const { roleRef, subjects } = only(kind(resources, "RoleBinding")).inputs;
    assert.deepEqual(roleRef, {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "preview-namespace",
    });
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "deployer", namespace: "ci" }]);
  });

  it("gives each revision its own migration, which can be retried", async () => {
    const job = (all: Recorded[]) => only(kind(all, "Job")).inputs as unknown as Workload;
    const next = (await graph({ ...everything, api: { image: "ghcr.io/myorg/api:0000000" } })).resources;
    assert.notEqual(job(resources).metadata.name, job(next).metadata.name);
    assert.equal(job(next).metadata.annotations?.["pulumi.com/replaceUnready"], "true");
  });

  it("runs no pods while asleep, and keeps the migration that has succeeded", async () => {
    const asleep = (await graph({ ...everything, asleep: true })).resources;
    const specs = (all: Recorded[]) =>
      all
        .map(({ inputs }) => inputs as unknown as Workload & { spec?: { replicas?: number; suspend?: boolean } })
        .filter(({ spec }) => spec?.replicas !== undefined || spec?.suspend !== undefined)
        .map(({ metadata, spec }) => [metadata.name, spec?.replicas ?? spec?.suspend]);
    const migration = (only(kind(resources, "Job")).inputs as unknown as Workload).metadata.name;
    assert.deepEqual(specs(asleep).sort(), [
      ["api", 0],
      ["db", 0],
      [migration, true],
      ["web", 0],
    ]);
    assert.deepEqual(specs(resources).sort(), [
      ["api", 1],
      ["db", 1],
      [migration, false],
      ["web", 1],
    ]);
  });

  it("denies all traffic, then allows paths only between pods that exist", () => {
    const policies = kind(resources, "NetworkPolicy").map(
      ({ inputs }) =>
        inputs as unknown as {
          metadata: { name: string };
          spec: {
            podSelector: object;
            policyTypes: string[];
          };
        },
    );
    const names = podLabels(resources).map((labels) => labels["app.kubernetes.io/name"]);
    const deny = only(policies.filter(({ metadata }) => metadata.name === "default-deny"));
    assert.deepEqual(deny.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    for (const { metadata, spec } of policies) {
      const mentioned = [...JSON.stringify(spec).matchAll(/"values":(\[[^\]]*\])/g)].flatMap(
        ([, list]) => JSON.parse(list!) as string[],
      );
      assert.deepEqual(
        mentioned.filter((name) => !names.includes(name)),
        [],
        metadata.name,
      );
    }
  });

  it("gives two previews no name in common", async () => {
    const { resources: other } = await graph(everything, "pr-124");
    const names = (all: Recorded[]) =>
      all.filter(({ name }) => name !== "cluster").map(({ type, name }) => `${type} ${name}`);
    const cluster = (all: Recorded[]) =>
      all.filter(kubernetes).map(({ type, name, inputs }) => {
        const metadata = inputs.metadata as { name?: string; namespace?: string };
        return `${type} ${metadata.namespace ?? ""}/${metadata.name ?? name}`;
      });
    const shared = (of: (all: Recorded[]) => string[]) => of(resources).filter((name) => of(other).includes(name));
    assert.deepEqual(shared(names), []);
    assert.deepEqual(shared(cluster), []);
    const hosts = JSON.stringify(other.map(({ inputs }) => inputs));
    assert.ok(!hosts.includes("shop-pr-123"), "a preview mentions another one");
  });

  it("registers the same resources a second time", async () => {
    const again = (await graph()).resources;
    const comparable = (all: Recorded[]) => all.map(({ type, name, inputs }) => ({ type, name, inputs }));
    assert.deepEqual(comparable(again), comparable(resources));
  });

  it("passes every workload through its transform", async () => {
    const { seen, mark } = markingTransforms();
    const transform = { database: mark("database"), migration: mark("migration"), api: mark("api"), web: mark("web") };
    const { resources } = await graph({}, "pr-1", transform);
    assert.deepEqual(seen.sort(), ["api", "database", "migration", "web"]);
    for (const { metadata } of workloads(resources)) {
      assert.ok(metadata.annotations?.part, metadata.name);
    }
  });

  it("marks its DNS records with their owner and leaves the certificate to the controller", () => {
    const records = resources.filter(({ type }) => type.startsWith("cloudflare:"));
    const names = ["shop-pr-123.previews.example.com", "shop-pr-123-api.previews.example.com"];
    assert.deepEqual(
      records.map(({ inputs }) => inputs.name),
      names,
    );
    assert.deepEqual(records[0]!.inputs, {
      zoneId: "a".repeat(32),
      name: names[0],
      type: "CNAME",
      content: "lb.example.com",
      proxied: false,
      ttl: 1,
      comment: "preview-stack: myorg/orders pull request 123 (project preview)",
    });
  });
});
