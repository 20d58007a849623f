import { z } from "zod";
import { parseQuantity } from "../quantity";
import * as rule from "./rules";

/**
 * Every setting with its rule, its default and the description that docs/settings.md and `Pulumi.yaml` show. The top-level keys are
 * the keys of the stack's configuration. Pulumi passes them as text unless they are groups: a top-level number or boolean
 * takes a rule such as `portText`, one in a group `z.int()` or `z.boolean()`.
 */

function resources(cpu: string, memory: string, memoryLimit: string) {
  return z
    .strictObject({
      cpu: rule.cpu.default(cpu).describe("CPU request; there is no CPU limit, so start-up isn't throttled"),
      memory: rule.memory.default(memory).describe("memory request"),
      memoryLimit: rule.memory
        .default(memoryLimit)
        .describe("memory limit; the sizes of folders in memory are added to it"),
    })
    .refine(({ memory, memoryLimit }) => (parseQuantity(memory) ?? 0) <= (parseQuantity(memoryLimit) ?? Infinity), {
      path: ["memoryLimit"],
      message: "must not be smaller than the memory request",
      ...rule.evenIfOthersFail,
    })
    .prefault({});
}

const environmentValue = z.union([rule.text, z.strictObject({ secret: rule.objectName, key: rule.requiredLine() })], {
  error: rule.notText("must be text, or { secret, key } with a Secret in the preview's namespace"),
});

function productImage<Own extends z.ZodRawShape>(own: Own) {
  return z.strictObject({
    image: rule.image.prefault("").describe("image, by digest or by a tag that is a commit SHA"),
    sha: rule
      .optional(rule.matching(/^[0-9a-f]{7,64}$/, "must be a commit SHA of 7 to 64 hexadecimal digits"))
      .describe("commit for the variable GIT_SHA; by default the image's tag or digest"),
    env: z.record(rule.variableName, environmentValue).default({}).describe("extra environment variables"),
    secrets: z
      .record(rule.variableName, rule.text)
      .default({})
      .describe("extra environment variables kept in a Secret; set them with `pulumi config set --secret --path`"),
    uid: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .optional()
      .describe("user id; by default the image's own numeric USER"),
    gid: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional()
      .describe(
        "group id, also of its writable folders; by default the uid, or 0 without one: Kubernetes ignores the image's group",
      ),
    ...own,
  });
}

const writablePathsDescription =
  "writable folders, each 64Mi in memory; `{ path: /cache, size: 2Gi, disk: true }` makes one larger and on disk";

const egressRule = z
  .strictObject({
    cidr: rule.cidr.optional().describe("destination addresses"),
    namespaceLabels: rule.selectingLabels.optional().describe("or labels of the destination's namespace"),
    ports: z.array(rule.port).min(1).optional().describe("TCP ports; by default all"),
  })
  .refine((to) => (to.cidr === undefined) !== (to.namespaceLabels === undefined), {
    message: "must have exactly one of cidr and namespaceLabels",
    ...rule.evenIfOthersFail,
  });

export const settingsSchema = z.strictObject({
  kubeContext: rule
    .requiredLine("is required: the kubeconfig context of the cluster that previews run in")
    .prefault("")
    .describe("kubeconfig context of the cluster; required, so that no current context is used by accident"),
  domain: rule.domain.prefault("").describe("the domain that all previews share"),
  prefix: rule
    .optional(rule.dnsLabel)
    .describe("prefix of pr-N in namespace and host, if several products share a cluster or a domain"),
  port: rule.portText.default(443).describe("public port of the host"),
  product: rule.product
    .prefault("")
    .describe("the product's name; part of a preview's owner, so that products never change each other's previews"),
  repository: rule
    .optional(rule.matching(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/, "must be owner/name"))
    .describe("owner/name at the code host, for labels and the DNS record's comment"),
  api: productImage({
    command: z.array(rule.text).min(1).default(["./bin/api-entrypoint.sh"]).describe("command that serves the API"),
    migrate: z
      .array(rule.text)
      .min(1)
      .default(["./bin/migrate-and-seed.sh"])
      .describe(
        "command that migrates and, the first time, seeds; a Job runs it once per revision, before the API changes",
      ),
    port: rule.port.default(8000).describe("port that the API listens on; its Service is always api:8000"),
    livePath: rule.path.default("/healthz").describe("path of the liveness probe; must not need the database"),
    readyPath: rule.path.default("/readyz").describe("path of the readiness probe"),
    settingsModule: rule
      .matching(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, "must be the dotted name of a Python module")
      .default("app.settings.preview")
      .describe("DJANGO_SETTINGS_MODULE"),
    corsOrigins: z
      .array(rule.origin)
      .default([])
      .describe("exact origins that browsers may call the API from, in addition to the preview's own"),
    writablePaths: rule.writablePaths.default(["/tmp"]).describe(writablePathsDescription),
    resources: resources("50m", "160Mi", "512Mi"),
  })
    .prefault({})
    .describe("the Django API"),
  web: productImage({
    command: z.array(rule.text).min(1).default(["node", "server.js"]).describe("command that serves the web"),
    port: rule.port.default(3000).describe("port that the web listens on"),
    livePath: rule.path.default("/healthz").describe("path of the liveness probe"),
    readyPath: rule.path.default("/healthz").describe("path of the readiness probe; must not need the API"),
    writablePaths: rule.writablePaths.default(["/tmp", "/app/.next/cache"]).describe(writablePathsDescription),
    resources: resources("50m", "128Mi", "512Mi"),
  })
    .prefault({})
    .describe("the Next.js web"),
  database: z
    .strictObject({
      image: rule
        .requiredLine()
        .default("postgres:16")
        .describe("the official Postgres image, or one that uses the same variables"),
      dataFrom: rule.line
        .default("")
        .describe("the deployed image, to confirm that the new `database.image` can open its data"),
      uid: z
        .int()
        .min(1)
        .max(65535)
        .default(999)
        .describe("id of Postgres's user in the image: 999 in Debian variants, 70 in Alpine variants"),
      storage: rule.storage.default("1Gi").describe("size of the volume; can't be changed while a preview has one"),
      storageClass: rule
        .optional(rule.objectName)
        .describe("StorageClass of the volume; by default the cluster's default"),
      generation: z
        .int()
        .min(1)
        .default(1)
        .describe("raise it to start over with an empty database, which is migrated and seeded again"),
      resources: resources("50m", "96Mi", "512Mi"),
    })
    .prefault({})
    .describe("Postgres"),
  ingress: z
    .strictObject({
      className: rule.objectName.default("traefik").describe("IngressClass; it must exist"),
      annotations: rule.annotations
        .default({})
        .describe(
          "annotations for the controller: HTTP redirect, body size; pulumi.com/skipAwait if it publishes no status",
        ),
      controller: z
        .strictObject({
          namespaceLabels: rule.selectingLabels
            .optional()
            .describe("labels of the namespace that the controller's pods are in"),
          cidr: rule.cidr.optional().describe("or its addresses, if it is on the host network or outside the cluster"),
        })
        .refine((from) => (from.cidr === undefined) !== (from.namespaceLabels === undefined), {
          message: "must have exactly one of namespaceLabels and cidr",
          ...rule.evenIfOthersFail,
        })
        .default({ namespaceLabels: { "kubernetes.io/metadata.name": "traefik" } })
        .describe("where requests to the web may come from"),
      apiHost: z
        .boolean()
        .default(false)
        .describe("gives Django its own host, pr-N-api.<domain>, without Next.js in between (docs/direct-api.md)"),
      apiPaths: z
        .array(rule.routedPath)
        .default([])
        .describe("paths of the public host that go straight to Django, such as /ws/ for WebSockets"),
    })
    .prefault({})
    .describe("the route to the web"),
  egress: z
    .array(egressRule)
    .default([])
    .describe("where API, migration and web may connect to, in addition to the cluster's DNS and each other"),
  isolation: z
    .enum(["checked", "unchecked"])
    .default("checked")
    .describe(
      "whether a pod waits to start until network policies keep it from the Kubernetes API; unchecked for a cluster that " +
        "doesn't enforce them",
    ),
  gateImage: rule
    .optional(rule.line)
    .describe("image of the container that checks isolation; needs bash and timeout; by default database.image"),
  trustedCa: rule
    .optional(rule.certificates)
    .describe("PEM certificates that API and web trust; Python then trusts only these unless `trustPublicCas` is true"),
  trustPublicCas: rule.flagText
    .default(false)
    .describe("whether API and web also trust the public CAs, from the list of the Node.js that runs the program"),
  demoLogin: z
    .strictObject({
      username: rule.requiredLine().describe("account that the product's seed creates"),
      passwordVariable: rule.variableName.describe("API variable that receives its random password"),
    })
    .optional()
    .describe("login for reviewers, with a different password in every preview; `preview status N --login` shows it"),
  dns: z
    .strictObject({
      zoneId: rule
        .matching(/^[0-9a-f]{32}$/, "must be a Cloudflare zone id of 32 hexadecimal digits")
        .describe("id of the Cloudflare zone"),
      target: rule.requiredLine("is required: what the record points at").describe("address or host of the ingress"),
      type: z.enum(["A", "AAAA", "CNAME"]).default("CNAME").describe("type of the record"),
      proxied: z
        .boolean()
        .default(false)
        .describe("whether to use Cloudflare's proxy; its free certificate covers only one level below the zone"),
    })
    .refine(({ type, target }) => type !== "A" || !target || z.ipv4().safeParse(target).success, {
      path: ["target"],
      message: "must be an IPv4 address for a record of type A",
      ...rule.evenIfOthersFail,
    })
    .refine(({ type, target }) => type !== "AAAA" || !target || z.ipv6().safeParse(target).success, {
      path: ["target"],
      message: "must be an IPv6 address for a record of type AAAA",
      ...rule.evenIfOthersFail,
    })
    .optional()
    .describe("the Cloudflare record; omit it if a wildcard record points to the ingress"),
  registry: z
    .strictObject({
      server: rule.requiredLine().describe("host of the registry"),
      username: rule.requiredLine().describe("user name"),
      password: rule
        .requiredLine()
        .describe("token; set it with `pulumi config set --secret --path registry.password`"),
    })
    .optional()
    .describe("credentials for pulling the images"),
  deployer: z
    .strictObject({
      kind: z.enum(["User", "Group", "ServiceAccount"]).describe("kind of the subject"),
      name: rule.requiredLine().describe("name of the subject"),
      namespace: rule.objectName.optional().describe("namespace of a ServiceAccount"),
      clusterRole: rule.objectName
        .default("preview-namespace")
        .describe("ClusterRole with its rights inside the namespace"),
    })
    .refine(({ kind, namespace }) => (kind === "ServiceAccount") === (namespace !== undefined), {
      path: ["namespace"],
      message: "is required for a ServiceAccount, and allowed only then",
      ...rule.evenIfOthersFail,
    })
    .optional()
    .describe(
      "subject that runs `pulumi up` with least privilege; gets a RoleBinding in the namespace (docs/deployer-rights.md)",
    ),
  asleep: rule.flagText
    .default(false)
    .describe("whether no pod runs; data is kept; set by `preview sleep` and `preview wake`"),
  ttlDays: rule.daysText
    .default(14)
    .describe(
      "days from the last update until `preview reconcile` closes a preview whose pull request lacks the label `keep`",
    ),
  quota: z
    .strictObject({
      cpu: rule.cpu.default("2").describe("total of all CPU requests"),
      memory: rule.memory
        .default("5Gi")
        .describe("total of all memory limits, including folders in memory; leave room for a rolling update"),
      pods: z.int().min(6).max(100).default(20).describe("number of pods; an update needs up to 6"),
      storage: rule.storage.default("10Gi").describe("total size of all volumes"),
    })
    .prefault({})
    .describe("the namespace's ResourceQuota"),
});

/** What a stack's configuration may contain. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type SettingsValues = z.output<typeof settingsSchema>;
