import assert from "node:assert/strict";
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { container, podSpec } from "../../components/pod";
import { ownerLabels } from "../../contract";
import { domain, product } from "../../embedded";
import { eventually } from "./http";
import { apply, kubectl } from "./kubectl";

/** The other suites run with these rights and show that they suffice; this one shows that they allow no more. */
describe("the deployer's rights", () => {
  const foreign = "deployer-rights-foreign";
  const own = "test-pr-90041";
  const shops = "test-pr-90045";

  before(async () => {
    await apply([
      namespace(foreign, {}),
      namespace(own, labelsOf(product)),
      namespace(shops, labelsOf("shop")),
      binding(own),
      ingress([host(own)]),
      // What only the cluster's admin can create there.
      { ...ingress(["www.example.com"]), metadata: { name: "admins", namespace: own } },
      service({}),
      workload("Deployment", {}),
    ]);
    await eventually(() => allowed(deployer, service({}, "another")));
  });
  after(() => kubectl("delete", "namespace", foreign, own, shops, "--ignore-not-found"));

  const namespace = (name: string, labels: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels },
  });
  const labelsOf = (name: string) => ({
    ...ownerLabels({ project: "preview-test", product: name, repository: "", pullRequest: 90041 }),
    "pod-security.kubernetes.io/enforce": "restricted",
  });
  const deployers = { kind: "Group", name: "preview-deployers" };
  const binding = (
    name: string,
    { role = "preview-namespace", subject = deployers }: { role?: string; subject?: object } = {},
  ) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "preview-deployer", namespace: name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [subject],
  });
  const account = (namespace: string, annotations: object = {}) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "part-runner", namespace, annotations },
  });
  /** A part's. */
  const rightsOf = (namespace: string, role: string, of = namespace) =>
    binding(namespace, { role, subject: { kind: "ServiceAccount", name: "part-runner", namespace: of } });
  const host = (label: string) => `${label}.${domain}`;
  const ruleOf = (name: string | undefined, path = "/") => ({
    ...(name === undefined ? {} : { host: name }),
    http: { paths: [{ path, pathType: "Prefix", backend: { service: { name: "web", port: { number: 3000 } } } }] },
  });
  /** Without a class, so that no controller serves it. */
  const ingress = (hosts: readonly (string | undefined)[], spec: object = {}, annotations: object = {}) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web", namespace: own, annotations },
    spec: { ingressClassName: "none", rules: hosts.map((name) => ruleOf(name)), ...spec },
  });
  const service = (spec: object, name = "web", annotations: object = {}) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: own, annotations },
    spec: { ports: [{ port: 3000 }], ...spec },
  });
  const pods = (spec: object) => ({
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", image: "web" }], ...spec },
  });
  const selected = (spec: object) => ({ replicas: 0, selector: { matchLabels: { app: "web" } }, template: pods(spec) });
  const once = (spec: object) => ({ suspend: true, template: pods({ restartPolicy: "Never", ...spec }) });
  const makers = {
    Deployment: { apiVersion: "apps/v1", spec: selected },
    StatefulSet: { apiVersion: "apps/v1", spec: selected },
    Job: { apiVersion: "batch/v1", spec: once },
    DaemonSet: { apiVersion: "apps/v1", spec: (spec: object) => ({ ...selected(spec), replicas: undefined }) },
    ReplicaSet: { apiVersion: "apps/v1", spec: selected },
    CronJob: {
      apiVersion: "batch/v1",
      spec: (spec: object) => ({ schedule: "0 0 * * *", suspend: true, jobTemplate: { spec: once(spec) } }),
    },
  };
  const workload = (kind: keyof typeof makers, podSpec: object, name = "web") => ({
    apiVersion: makers[kind].apiVersion,
    kind,
    metadata: { name, namespace: own },
    spec: makers[kind].spec(podSpec),
  });

  const deployer = ["--context=preview-deployer"];
  /** A deployer with every RBAC right, so that only the policy can refuse. */
  const granted = ["--context=preview", "--as=deployer", "--as-group=preview-deployers", "--as-group=system:masters"];

  const attempt = (who: readonly string[], args: readonly string[], manifest?: object) =>
    execa("kubectl", [...who, ...args, "--dry-run=server"], {
      reject: false,
      ...(manifest === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(manifest) }),
    });

  async function allowed(who: readonly string[], manifest: object, ...args: string[]): Promise<void> {
    const { failed, stderr } = await attempt(who, args.length === 0 ? ["create", "-f", "-"] : args, manifest);
    assert.ok(!failed, stderr);
  }

  async function refused(who: readonly string[], why: RegExp, manifest: object, ...args: string[]): Promise<void> {
    const { failed, stderr } = await attempt(who, args.length === 0 ? ["create", "-f", "-"] : args, manifest);
    assert.ok(failed, `${JSON.stringify(manifest)} was allowed`);
    assert.match(stderr, why);
  }

  async function can(...args: string[]): Promise<void> {
    const { failed, stderr } = await attempt(deployer, args);
    assert.ok(!failed, stderr);
  }

  async function cannot(why: RegExp, ...args: string[]): Promise<void> {
    const { failed, stderr } = await attempt(deployer, args);
    assert.ok(failed, `kubectl ${args.join(" ")} was allowed`);
    assert.match(stderr, why);
  }

  async function mayNotRead(...args: string[]): Promise<void> {
    const { failed, stderr } = await execa("kubectl", [...deployer, "get", ...args], { reject: false });
    assert.ok(failed, `kubectl get ${args.join(" ")} was allowed`);
    assert.match(stderr, /[Ff]orbidden/);
  }

  const patch = (object: string, change: object) => [
    ...["patch", object, "--namespace", own, "--type=merge", "--patch", JSON.stringify(change)],
  ];
  const relabel = (name: string, ...labels: string[]) => ["label", "--overwrite", "namespace", name, ...labels];

  describe("which namespaces", () => {
    const named = /may only touch namespaces named/;
    const labelled = /may only touch namespaces labelled .*preview-stack\/product=orders/;
    const stays = /namespaces stay labelled as previews of its own products/;

    it("create a preview's", () => allowed(deployer, namespace("test-pr-90046", labelsOf(product))));

    it("create none with another name", () => refused(deployer, named, namespace("production", labelsOf(product))));

    it("create none with a generated name", async () => {
      const { metadata, ...rest } = namespace("", labelsOf(product));
      await refused(deployer, named, { ...rest, metadata: { labels: metadata.labels, generateName: "production-" } });
    });

    it("create none without the owner's label", () => refused(deployer, labelled, namespace("test-pr-90046", {})));

    it("create none for another product, nor for none", async () => {
      await refused(deployer, labelled, namespace("test-pr-90046", labelsOf("shop")));
      await refused(
        deployer,
        labelled,
        namespace("test-pr-90046", { ...labelsOf(product), "preview-stack/product": "" }),
      );
    });

    it("create none whose pods may run as root, unless the platform grants it", () =>
      refused(
        deployer,
        /the setting podSecurity may not be baseline: this is not granted to the product orders/,
        namespace("test-pr-90046", { ...labelsOf(product), "pod-security.kubernetes.io/enforce": "baseline" }),
      ));

    it("create none that admits privileged pods", () =>
      refused(
        deployer,
        stays,
        namespace("test-pr-90046", { ...labelsOf(product), "pod-security.kubernetes.io/enforce": "privileged" }),
      ));

    it("delete their own, but no others", async () => {
      await can("delete", "namespace", own);
      await cannot(named, "delete", "namespace", foreign);
      await cannot(labelled, "delete", "namespace", shops);
    });

    it("annotate their own, but no others", async () => {
      await can("annotate", "namespace", own, "preview-stack/asleep=true");
      await cannot(labelled, "annotate", "namespace", shops, "preview-stack/asleep=true");
    });

    it("can't label another's as their own", async () => {
      await cannot(named, ...relabel(foreign, "app.kubernetes.io/managed-by=preview-stack"));
      await cannot(labelled, ...relabel(shops, `preview-stack/product=${product}`));
    });

    for (const label of [
      "pod-security.kubernetes.io/enforce=privileged",
      "pod-security.kubernetes.io/enforce-",
      "pod-security.kubernetes.io/enforce-version=v1.0",
      "app.kubernetes.io/managed-by-",
      "preview-stack/product=shop",
      "preview-stack/product-",
    ]) {
      it(`can't loosen a preview's with ${label}`, () => cannot(stays, ...relabel(own, label)));
    }

    it("can't loosen a preview's to baseline", () =>
      cannot(/the setting podSecurity may not be/, ...relabel(own, "pod-security.kubernetes.io/enforce=baseline")));

    it("add no label that others' policies may select by, and keep one that an admin added", async () => {
      const further = /may give a namespace no labels but a preview's own/;
      await refused(deployer, further, namespace("test-pr-90046", { ...labelsOf(product), team: "payments" }));
      await cannot(further, ...relabel(own, "team=payments"));
      await cannot(further, ...relabel(own, "team="));
      await kubectl(...relabel(own, "team=blue"));
      await can(...relabel(own, "preview-stack/repository=myorg.orders"));
      await cannot(further, ...relabel(own, "team=payments"));
      await cannot(further, ...relabel(own, "team="));
      await kubectl("label", "namespace", own, "team-");
    });
  });

  describe("which rights they grant", () => {
    const server = ["apply", "--server-side", "--force-conflicts", "-f", "-"];

    it("grant themselves a preview's rights in one of their own", () => allowed(deployer, binding(own), ...server));

    it("grant themselves none outside previews, nor in another product's", async () => {
      await refused(deployer, /namespaces named/, binding(foreign));
      await refused(deployer, /namespaces labelled/, binding(shops));
    });

    it("grant themselves no other role, not even in a preview", () =>
      refused(deployer, /forbidden/, { ...binding(own, { role: "cluster-admin" }), metadata: named("taken") }));

    for (const subject of [
      { kind: "ServiceAccount", name: "default", namespace: own },
      { kind: "ServiceAccount", name: "preview-deployers", namespace: own },
      { kind: "Group", name: "system:authenticated" },
      { kind: "User", name: "preview-deployers" },
    ]) {
      it(`grant none to the ${subject.kind} ${subject.name}, to whom the policy wouldn't apply`, async () => {
        const why = /gives rights to no other than Group preview-deployers/;
        await refused(deployer, why, { ...binding(own, { subject }), metadata: named("taken") });
        await refused(deployer, why, binding(own, { subject }), ...server);
      });
    }

    const notGranted = /setting serviceAccount.*not.*granted to the product orders/;

    it("grant a part none, unless the platform grants it", async () => {
      await refused(deployer, /no part may have the setting serviceAccount: no ClusterRole is granted/, account(own));
      await refused(granted, notGranted, { ...rightsOf(own, "job-runner"), metadata: named("part-runner") });
      await refused(deployer, notGranted, { ...rightsOf(own, "preview-namespace"), metadata: named("part-runner") });
    });

    const named = (name: string) => ({ name, namespace: own });
  });

  describe("what they read", () => {
    it("no secrets outside previews", () => mayNotRead("secrets", "-n", "kube-system"));

    it("no secrets of another product's previews", () => mayNotRead("secrets", "-n", shops));

    it("no pods outside previews, so status asks about each preview separately", () =>
      mayNotRead("pods", "--all-namespaces"));
  });

  describe("which hosts", () => {
    const why = /each host of an Ingress here must be test-pr-90041\.previews\.localhost or/;

    for (const label of [own, `${own}-api`, `${own}-a-b`]) {
      it(`route ${host(label)}`, async () => {
        const another = { name: "another", namespace: own };
        const made = ingress([host(label)], { tls: [{ hosts: [host(label)] }] }, { "pulumi.com/skipAwait": "true" });
        await allowed(deployer, { ...made, metadata: { ...made.metadata, ...another } });
        await can(...patch("ingress/web", { spec: { rules: [ruleOf(host(label))] } }));
      });
    }

    for (const [which, name] of Object.entries({
      "a sibling's": host("test-pr-90042"),
      "a sibling's API's": host("test-pr-90042-api"),
      "one whose number only starts like theirs": host(`${own}1`),
      "another product's": host(`${own}-x-pr-2`),
      "another product's API's": host(`${own}-x-pr-2-api`),
      "one that ends like another's": host(`${own}-xpr-2`),
      "one below their own": host(`a.${own}`),
      "the domain itself": domain,
      "one of another domain": `${own}.example.com`,
      "one that only goes on like the domain": `${host(own)}.example.com`,
      "one that only looks like the domain": `${own}.${domain.replace(".", "-")}`,
      "a wildcard": `*.${domain}`,
      none: undefined,
    })) {
      it(`don't route ${which} (${name ?? "every host"})`, async () => {
        await refused(deployer, why, ingress([host(own), name]));
        await cannot(why, ...patch("ingress/web", { spec: { rules: [ruleOf(name)] } }));
        if (name !== undefined) {
          await refused(deployer, why, ingress([host(own)], { tls: [{ hosts: [host(own)] }, { hosts: [name] }] }));
        }
      });
    }

    it("don't route a sibling's with server-side apply either", () =>
      refused(deployer, why, ingress([host("test-pr-90042")]), "apply", "--server-side", "-f", "-"));

    for (const name of [host(own).toUpperCase(), `${host(own)}.`, host(`${own}-ä`)]) {
      it(`don't route ${name}, which the cluster rejects as a host`, () =>
        refused(deployer, /must be|Invalid value/, ingress([name])));
    }

    it("don't route every host by a default backend", async () => {
      const defaultBackend = { service: { name: "web", port: { number: 3000 } } };
      const none = /may have no defaultBackend/;
      await refused(deployer, none, ingress([host(own)], { defaultBackend }));
      await refused(deployer, none, ingress([], { defaultBackend }));
      await cannot(none, ...patch("ingress/web", { spec: { defaultBackend } }));
    });

    it("don't touch an admin's Ingress for another host", () =>
      cannot(why, ...patch("ingress/admins", { spec: { rules: [ruleOf(host(own))] } })));

    it("set no certificate, which controllers would use for every host in it", async () => {
      const tls = [{ hosts: [host(own)], secretName: "taken" }];
      await refused(deployer, /may name no certificate/, ingress([host(own)], { tls }));
      await cannot(/may name no certificate/, ...patch("ingress/web", { spec: { tls } }));
    });

    it("smuggle no host into a path, which Traefik writes into its rule", async () => {
      const rules = (path: string) => ({ rules: [ruleOf(host(own), path)] });
      await can(...patch("ingress/web", { spec: rules("/ws/v1.0~a_b-c/") }));
      const path = `/\`) || Host(\`${host("test-pr-90042")}`;
      await refused(deployer, /a path of an Ingress here/, ingress([], rules(path)));
      await cannot(/a path of an Ingress here/, ...patch("ingress/web", { spec: rules(path) }));
    });

    const noAnnotation = /may have no annotations but pulumi\.com/;

    for (const annotation of [
      "traefik.ingress.kubernetes.io/router.priority",
      "traefik.ingress.kubernetes.io/router.pathmatcher",
      "nginx.ingress.kubernetes.io/server-alias",
      "external-dns.alpha.kubernetes.io/hostname",
    ]) {
      it(`add no annotation ${annotation}`, async () => {
        const annotations = { [annotation]: "1" };
        await refused(deployer, noAnnotation, ingress([host(own)], {}, annotations));
        await refused(deployer, noAnnotation, service({}, "another", annotations));
      });
    }

    it("leave others' annotations unchanged", async () => {
      const name = "traefik.ingress.kubernetes.io/router.priority";
      for (const object of ["ingress/web", "service/web"]) {
        await kubectl("annotate", object, "-n", own, `${name}=0`);
        await can(...patch(object, { metadata: { labels: { a: "b" } } }));
        await cannot(noAnnotation, ...patch(object, { metadata: { annotations: { [name]: "1" } } }));
        await kubectl("annotate", object, "-n", own, `${name}-`);
      }
    });
  });

  describe("which addresses", () => {
    for (const [which, spec] of Object.entries({
      "external addresses": { externalIPs: ["192.0.2.1"] },
      "a load balancer": { type: "LoadBalancer", loadBalancerIP: "192.0.2.1" },
      "the nodes' ports": { type: "NodePort" },
      "somebody else's name": { type: "ExternalName", externalName: "api.test-pr-90042.svc.cluster.local" },
    })) {
      it(`create no Service with ${which}`, async () => {
        const why = /must be of type ClusterIP, without externalIPs/;
        await refused(deployer, why, service(spec, "another"));
        await cannot(why, ...patch("service/web", { spec }));
      });
    }

    it("create an internal one, with a cluster IP or without", async () => {
      await allowed(deployer, service({}, "another"));
      await allowed(deployer, service({ clusterIP: "None" }, "another"));
    });

    for (const kind of ["endpoints", "endpointslices.discovery.k8s.io"]) {
      it(`point none at others' addresses with ${kind}`, () => mayNotWrite(kind));
    }
  });

  describe("which pods", () => {
    const why = /may name no priorityClassName/;

    for (const kind of Object.keys(makers) as (keyof typeof makers)[]) {
      it(`create no ${kind} that evicts others' pods`, async () => {
        const who = ["Deployment", "StatefulSet", "Job"].includes(kind) ? deployer : granted;
        await allowed(who, workload(kind, {}, "another"));
        await refused(who, why, workload(kind, { priorityClassName: "system-cluster-critical" }, "another"));
      });
    }

    it("give none a priority afterwards", async () => {
      const spec = (podSpec: object) => ({ spec: { template: { spec: podSpec } } });
      await can(...patch("deployment/web", spec({ enableServiceLinks: false })));
      await cannot(why, ...patch("deployment/web", spec({ priorityClassName: "system-node-critical" })));
    });

    for (const what of [
      ...["pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates", "daemonsets.apps"],
      ...["replicasets.apps", "cronjobs.batch", "serviceaccounts/token", "roles"],
    ]) {
      it(`create no ${what} at all`, () => mayNotWrite(what));
    }
  });

  async function mayNotWrite(what: string): Promise<void> {
    const [resource = "", subresource] = what.split("/");
    const options = ["--namespace", own, ...(subresource === undefined ? [] : [`--subresource=${subresource}`])];
    for (const verb of ["create", "update", "patch"]) {
      const { stdout } = await execa("kubectl", [...deployer, "auth", "can-i", verb, resource, ...options], {
        reject: false,
      });
      assert.equal(stdout, "no", verb);
    }
  }

  /** With a copy of the file, edited as docs/deployer-rights.md says. */
  describe("next to another product's deployer", () => {
    const shop = ["--context=preview", "--as=shop-deployer", "--as-group=system:masters"];
    const annotation = "nginx.ingress.kubernetes.io/proxy-body-size";

    before(async () => {
      const file = readFileSync(join(__dirname, "../../docs/deployer-rights.yaml"), "utf8");
      const edited = Object.entries({
        '"previews.example.com"': '"shops.example.com"',
        '["orders"]': '["shop", "till"]',
        '"^([a-z0-9-]+-)?pr-': '"^test-pr-',
        '{"kind": "Group", "name": "preview-deployers"}': '{"kind": "User", "name": "shop-deployer"}',
        '"[]"': `'["${annotation}"]'`,
        'name: baseline\n      expression: "[]"': `name: baseline\n      expression: '["shop"]'`,
        '"{}"': `'{"shop": ["job-runner"]}'`,
        '"preview-deployers" in request.userInfo.groups': 'request.userInfo.username == "shop-deployer"',
      }).reduce(
        (text, [from, to]) => {
          assert.ok(text.includes(from), from);
          return text.replace(from, () => to);
        },
        file.replaceAll(/(name|policyName): preview-deployer$/gm, "$1: shop-deployer"),
      );
      const [policy, policyBinding] = parseAllDocuments(edited).map((document) => document.toJS() as object);
      await apply([policy!, policyBinding!]);
      await eventually(() => refused(shop, /namespaces named/, namespace("production", labelsOf("shop"))), 30);
    });
    after(async () => {
      for (const kind of ["validatingadmissionpolicybinding", "validatingadmissionpolicy"]) {
        await kubectl("delete", kind, "shop-deployer", "--ignore-not-found");
      }
    });

    it("each has the previews of its own products", async () => {
      await allowed(shop, namespace("test-pr-90046", labelsOf("shop")));
      await allowed(shop, namespace("test-pr-90046", labelsOf("till")));
      await refused(shop, /product=shop\|till/, namespace("test-pr-90046", labelsOf(product)));
      await refused(shop, /product=shop\|till/, service({}, "another"));
      await refused(shop, /namespaces named/, namespace("till-pr-1", labelsOf("till")));
    });

    it("each has the hosts of its own domain and the annotations that its policy lists", async () => {
      const made = (name: string, annotations: object) => {
        const { metadata, ...rest } = ingress([name], {}, annotations);
        return { ...rest, metadata: { ...metadata, namespace: shops } };
      };
      await allowed(shop, made(`${shops}.shops.example.com`, { [annotation]: "10m" }));
      await refused(shop, /shops\.example\.com or/, made(host(shops), {}));
      const priority = { "traefik.ingress.kubernetes.io/router.priority": "1" };
      await refused(shop, /no annotations but pulumi\.com\/\*, nginx/, made(`${shops}.shops.example.com`, priority));
    });

    it("each may loosen the standard only of a product that the platform grants it to", async () => {
      const baseline = { "pod-security.kubernetes.io/enforce": "baseline" };
      await allowed(shop, namespace("test-pr-90046", { ...labelsOf("shop"), ...baseline }));
      const why = /the setting podSecurity may not be baseline: this is not granted to the product till/;
      await refused(shop, why, namespace("test-pr-90046", { ...labelsOf("till"), ...baseline }));
      const privileged = { "pod-security.kubernetes.io/enforce": "privileged" };
      await refused(
        shop,
        /namespaces stay labelled/,
        namespace("test-pr-90046", { ...labelsOf("shop"), ...privileged }),
      );
    });

    it("only a namespace of that standard admits a part that runs as root", async () => {
      const root = "test-pr-90047";
      const baseline = { "pod-security.kubernetes.io/enforce": "baseline" };
      const containers = [container({ name: "edge", image: "edge", asRoot: true })];
      const pod = (namespace: string) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "edge", namespace },
        spec: podSpec({ imagePullSecrets: [] }, { uid: 0, containers }),
      });
      await apply([namespace(root, { ...labelsOf("shop"), ...baseline })]);
      try {
        const admin = ["--context=preview"];
        await eventually(() => allowed(admin, pod(root)), 30);
        await refused(admin, /violates PodSecurity "restricted/, pod(shops));
      } finally {
        await kubectl("delete", "namespace", root, "--wait=false");
      }
    });

    it("each grants a part only what the platform grants to its product, and itself none of it", async () => {
      const metadata = { name: "part-runner", namespace: shops };
      await allowed(shop, account(shops));
      await allowed(shop, { ...rightsOf(shops, "job-runner"), metadata });
      await refused(shop, /may have no annotations/, account(shops, { "eks.amazonaws.com/role-arn": "a" }));
      const why = /setting serviceAccount\.clusterRole may not be .*: this is not granted to the product shop/;
      await refused(shop, why, { ...rightsOf(shops, "cluster-admin"), metadata });
      await refused(shop, why, { ...rightsOf(shops, "job-runner", own), metadata });
      const itself = { role: "job-runner", subject: { kind: "User", name: "shop-deployer" } };
      await refused(shop, why, binding(shops, itself));
    });

    it("each grants rights only to itself", async () => {
      await allowed(shop, binding(shops, { subject: { kind: "User", name: "shop-deployer" } }));
      await refused(shop, /no other than User shop-deployer/, binding(shops));
    });
  });
});
