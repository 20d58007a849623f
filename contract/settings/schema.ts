import { z } from "zod";
import { parseQuantity } from "../quantity";
import * as rule from "./rules";

/**
 * Every setting with its rule, its default and the sentence that docs/settings.md and `Pulumi.yaml` show for it. The keys of
 * the outermost object are the keys of the stack's configuration, which hands over as a text what is no group: a number or a
 * boolean there takes a rule such as `portText`, one in a group `z.int()` or `z.boolean()`.
 */

function resources(cpu: string, memory: string, memoryLimit: string) {
  return z
    .strictObject({
      cpu: rule.cpu.default(cpu).describe("CPU request; there is no CPU limit, so a start-up isn't throttled"),
      memory: rule.memory.default(memory).describe("memory request"),
      memoryLimit: rule.memory.default(memoryLimit).describe("memory limit, without the folders in memory"),
    })
    .refine(({ memory, memoryLimit }) => (parseQuantity(memory) ?? 0) <= (parseQuantity(memoryLimit) ?? Infinity), {
      path: ["memoryLimit"],
      message: "must not be smaller than the memory request",
      ...rule.evenIfOthersFail,
    })
    .prefault({});
}

const environmentValue = z.union([rule.text, z.strictObject({ secret: rule.objectName, key: rule.requiredLine() })], {
  error: rule.notText("must be a text, or { secret, key } that names a Secret in the preview's namespace"),
});

function productImage<Own extends z.ZodRawShape>(own: Own) {
  return z.strictObject({
    image: rule.image.prefault("").describe("the image, by digest or by a tag that is a commit SHA"),
    sha: rule
      .optional(rule.matching(/^[0-9a-f]{7,64}$/, "must be a commit SHA of 7 to 64 hexadecimal digits"))
      .describe("the commit shown as GIT_SHA; by default the image's tag or digest"),
    env: z.record(rule.variableName, environmentValue).default({}).describe("extra variables"),
    secrets: z
      .record(rule.variableName, rule.text)
      .default({})
      .describe("extra variables kept in a Secret; set them with `pulumi config set --secret --path`"),
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
        "group id, also of its folders; by default the uid; without either 0, since the image's own isn't taken",
      ),
    ...own,
  });
}

const writablePathsMean =
  "folders that stay writable, each 64Mi in memory; `{ path: /cache, size: 2Gi, disk: true }` is larger, and on disk";

const egressRule = z
  .strictObject({
    cidr: rule.cidr.optional().describe("destination addresses"),
    namespaceLabels: rule.selectingLabels.optional().describe("or the labels of the destination's namespace"),
    ports: z.array(rule.port).min(1).optional().describe("TCP ports; by default all"),
  })
  .refine((to) => (to.cidr === undefined) !== (to.namespaceLabels === undefined), {
    message: "must have exactly one of cidr and namespaceLabels",
    ...rule.evenIfOthersFail,
  });

export const settingsSchema = z.strictObject({
  kubeContext: rule
    .requiredLine("is required: the kubeconfig's context of the cluster that previews live in")
    .prefault("")
    .describe("context of the kubeconfig; it is named so that nobody's current context decides"),
  domain: rule.domain.prefault("").describe("the domain that all previews share"),
  prefix: rule
    .optional(rule.dnsLabel)
    .describe("put before pr-N in namespace and host, where several products share a cluster or a domain"),
  port: rule.portText.default(443).describe("public port of the host"),
  product: rule.product
    .prefault("")
    .describe("the product's name: part of who owns a preview, so that two products never take each other's"),
  repository: rule
    .optional(rule.matching(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/, "must be owner/name"))
    .describe("owner/name at the code host, in labels and in the DNS record's comment"),
  api: productImage({
    command: z.array(rule.text).min(1).default(["./bin/api-entrypoint.sh"]).describe("serves the API"),
    migrate: z
      .array(rule.text)
      .min(1)
      .default(["./bin/migrate-and-seed.sh"])
      .describe("run by a Job once per revision, before the API changes: migrates and, the first time, seeds"),
    port: rule.port.default(8000).describe("port that the API listens on; the Service is always api:8000"),
    livePath: rule.path.default("/healthz").describe("liveness check; must not need the database"),
    readyPath: rule.path.default("/readyz").describe("readiness check"),
    settingsModule: rule
      .matching(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, "must be a Python module's dotted name")
      .default("app.settings.preview")
      .describe("DJANGO_SETTINGS_MODULE"),
    corsOrigins: z
      .array(rule.origin)
      .default([])
      .describe("exact origins that browsers may call the API from, beside the preview's own"),
    writablePaths: rule.writablePaths.default(["/tmp"]).describe(writablePathsMean),
    resources: resources("50m", "160Mi", "512Mi"),
  })
    .prefault({})
    .describe("the Django API"),
  web: productImage({
    command: z.array(rule.text).min(1).default(["node", "server.js"]).describe("serves the web"),
    port: rule.port.default(3000).describe("port that the web listens on"),
    livePath: rule.path.default("/healthz").describe("liveness check"),
    readyPath: rule.path.default("/healthz").describe("readiness check; must not need the API"),
    writablePaths: rule.writablePaths.default(["/tmp", "/app/.next/cache"]).describe(writablePathsMean),
    resources: resources("50m", "128Mi", "512Mi"),
  })
    .prefault({})
    .describe("the Next.js web"),
  database: z
    .strictObject({
      image: rule
        .requiredLine()
        .default("postgres:16")
        .describe("the official Postgres image, or one that takes the same variables"),
      dataFrom: rule.line
        .default("")
        .describe("the image that is deployed, where another version or variant of it can open its data"),
      uid: z
        .int()
        .min(1)
        .max(65535)
        .default(999)
        .describe("Postgres' user in the image: 999 in Debian's, 70 in Alpine's"),
      storage: rule.storage
        .default("1Gi")
        .describe("size of the volume; a living preview keeps its own, and another is refused"),
      storageClass: rule.optional(rule.objectName).describe("by default the cluster's own default"),
      generation: z
        .int()
        .min(1)
        .default(1)
        .describe("raise it to start with an empty database, which is migrated and seeded again"),
      resources: resources("50m", "96Mi", "512Mi"),
    })
    .prefault({})
    .describe("Postgres"),
  ingress: z
    .strictObject({
      className: rule.objectName.default("traefik").describe("IngressClass; it must exist"),
      annotations: rule.annotations
        .default({})
        .describe("for the controller: redirect of HTTP, body size, pulumi.com/skipAwait where it publishes no status"),
      controller: z
        .strictObject({
          namespaceLabels: rule.selectingLabels
            .optional()
            .describe("labels of the namespace that the controller's pods are in"),
          cidr: rule.cidr.optional().describe("or its addresses, for a controller on the host network or in a cloud"),
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
        .describe("give Django a host of its own, pr-N-api.<domain>, without Next.js in between (docs/direct-api.md)"),
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
    .describe("where API, migration and web may connect to beside the cluster's DNS and each other"),
  isolation: z
    .enum(["checked", "unchecked"])
    .default("checked")
    .describe(
      "whether a pod starts only once it can't reach the Kubernetes API any more; unchecked in a cluster that enforces no " +
        "network policies",
    ),
  gateImage: rule
    .optional(rule.line)
    .describe("image of the container that checks that, with bash and timeout; by default database.image"),
  trustedCa: rule
    .optional(rule.certificates)
    .describe("certificates, as PEM, that API and web trust; Python then trusts no others but for `trustPublicCas`"),
  trustPublicCas: rule.flagText
    .default(false)
    .describe("whether they trust the public CAs like `trustedCa`, by the list of the Node.js that runs the program"),
  demoLogin: z
    .strictObject({
      username: rule.requiredLine().describe("the account that the product's seed makes"),
      passwordVariable: rule.variableName.describe("the API's variable that gets its random password"),
    })
    .optional()
    .describe("a login for reviewers with a password of the preview's own: `preview status N --login` shows it"),
  dns: z
    .strictObject({
      zoneId: rule
        .matching(/^[0-9a-f]{32}$/, "must be a Cloudflare zone's id of 32 hexadecimal digits")
        .describe("Cloudflare zone; without it no record is made"),
      target: rule.requiredLine("is required: what the record points at").describe("address or host of the ingress"),
      type: z.enum(["A", "AAAA", "CNAME"]).default("CNAME").describe("type of the record"),
      proxied: z
        .boolean()
        .default(false)
        .describe("through Cloudflare's proxy; its free certificate covers one level below the zone only"),
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
    .describe("the Cloudflare record; leave it out where a wildcard record leads to the ingress"),
  registry: z
    .strictObject({
      server: rule.requiredLine().describe("the registry's host"),
      username: rule.requiredLine().describe("user"),
      password: rule
        .requiredLine()
        .describe("token; set it with `pulumi config set --secret --path registry.password`"),
    })
    .optional()
    .describe("credentials to pull the images with"),
  deployer: z
    .strictObject({
      kind: z.enum(["User", "Group", "ServiceAccount"]).describe("kind of the subject"),
      name: rule.requiredLine().describe("its name"),
      namespace: rule.objectName.optional().describe("a ServiceAccount's namespace"),
      clusterRole: rule.objectName.default("preview-namespace").describe("what it may do inside the namespace"),
    })
    .refine(({ kind, namespace }) => (kind === "ServiceAccount") === (namespace !== undefined), {
      path: ["namespace"],
      message: "must be given for a ServiceAccount, and only then",
      ...rule.evenIfOthersFail,
    })
    .optional()
    .describe(
      "who runs `pulumi up` with least privilege: gets a RoleBinding in the namespace (docs/deployer-rights.md)",
    ),
  asleep: rule.flagText
    .default(false)
    .describe("no pod runs, all data is kept; `preview sleep` and `preview wake` set it"),
  ttlDays: rule.daysText
    .default(14)
    .describe(
      "days after its last update until `preview reconcile` closes a preview whose pull request has no label keep",
    ),
  quota: z
    .strictObject({
      cpu: rule.cpu.default("2").describe("all CPU requests together"),
      memory: rule.memory
        .default("5Gi")
        .describe("all memory limits together, folders in memory included; leave room for a rolling update"),
      pods: z.int().min(6).max(100).default(20).describe("pods; an update needs up to 6"),
      storage: rule.storage.default("10Gi").describe("all volumes together"),
    })
    .prefault({})
    .describe("the namespace's ResourceQuota"),
});

/** What a stack's configuration may contain. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type SettingsValues = z.output<typeof settingsSchema>;
