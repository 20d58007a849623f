import { z } from "zod";
import * as part from "./part-schema";
import * as rule from "./rules";
import { sources } from "./source-schema";
import { serviceName } from "./service-name";

/** More than any preview has: a larger map is a mistake, such as a generated one. */
const mostServices = 100;

/**
 * Every setting with its rule, its default and the description that docs/settings.md and `Pulumi.yaml` show. The top-level keys are
 * the keys of the stack's configuration. Pulumi passes them as text unless they are groups: a top-level number or boolean
 * takes a rule such as `portText`, one in a group `z.int()` or `z.boolean()`.
 */
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
    .optional(rule.repository)
    .describe(
      "owner/name of the repository at the code host whose pull requests are previewed; part of a preview's owner",
    ),
  sources: sources
    .default({})
    .describe("the repositories that build parts which this one doesn't, by part (docs/pairs.md)"),
  secrets: z
    .record(rule.plainName, rule.text)
    .default({})
    .describe(
      "secrets for any part's variables, as `${secret.NAME}`; set them with `pulumi config set --secret --path`",
    ),
  api: z
    .strictObject({
      image: rule.requiredImage.prefault("").describe("image, by digest or by a tag that is a commit SHA"),
      sha: part.sha,
      ...part.partSettings,
      migrate: z
        .union([z.literal("none"), z.array(rule.text).min(1)], { error: "must be a command as a list, or none" })
        .default(["python", "manage.py", "migrate", "--noinput"])
        .describe(
          "command that migrates; a Job runs it once per revision, before the API changes; `none` if the product migrates by itself",
        ),
      port: rule.port.default(8000).describe("port that the API listens on; its Service is always api:8000"),
      ...part.checkPaths,
      settingsModule: rule
        .matching(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, "must be the dotted name of a Python module")
        .default("app.settings.preview")
        .describe("DJANGO_SETTINGS_MODULE"),
      corsOrigins: z
        .array(rule.origin)
        .default([])
        .describe("exact origins that browsers may call the API from, in addition to the preview's own"),
      writablePaths: part.writablePaths("/tmp"),
      resources: part.resources("50m", "160Mi", "512Mi"),
    })
    .prefault({})
    .describe("the Django API"),
  web: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("false if the API's image serves both halves: then / leads to the API"),
      image: rule.image.default("").describe("image, by digest or by a tag that is a commit SHA"),
      sha: part.sha,
      ...part.partSettings,
      port: rule.port.default(3000).describe("port that the web listens on"),
      ...part.checkPaths,
      writablePaths: part.writablePaths("/tmp", "/app/.next/cache"),
      resources: part.resources("50m", "128Mi", "512Mi"),
    })
    .refine(({ enabled, image }) => enabled === false || image !== "", {
      path: ["image"],
      message: rule.imageRequired,
      ...rule.evenIfOthersFail,
    })
    .prefault({})
    .describe("the Next.js web"),
  services: z
    .record(serviceName, part.service)
    .refine((all) => Object.keys(all).length <= mostServices, `must be at most ${mostServices} parts`)
    .default({})
    .describe("more parts by name, such as `redis`, or `worker` with `{ from: api, command: […] }`"),
  database: z
    .strictObject({
      image: rule
        .requiredLine()
        .default("postgres:16")
        .describe("the official Postgres image, or one that uses the same variables"),
      name: rule
        .matching(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/, "must be a database's name: letters, digits, _ and -")
        .default("app_preview")
        .describe("the database's name; can't be changed while the preview exists"),
      user: rule
        .matching(
          /^(?!pg_)[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
          "must be a database user's name: letters, digits, _ and -, not pg_…",
        )
        .default("app")
        .describe("the user that owns it; can't be changed while the preview exists"),
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
      resources: part.resources("50m", "96Mi", "512Mi"),
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
  egress: part.egress
    .default([])
    .describe(
      "where the product's images may connect to: a list of `{ cidr | namespaceLabels, ports }`; by default nowhere outside",
    ),
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
      passwordVariable: rule.plainName.describe("API variable that receives its random password"),
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
  podSecurity: z
    .enum(["restricted", "baseline"])
    .default("restricted")
    .describe("Pod Security standard; `baseline`, if granted (docs/deployer-rights.md), lets a part run as root"),
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
      cpu: rule.cpu.optional().describe("total of all CPU requests"),
      memory: rule.memory.optional().describe("total of all memory limits, including folders in memory"),
      pods: z.int().min(6).max(1000).optional().describe("number of pods"),
      storage: rule.storage.default("10Gi").describe("total size of all volumes"),
    })
    .prefault({})
    .describe("the namespace's ResourceQuota; by default twice what an update needs, at least 2 CPUs, 5Gi, 20 pods"),
});

/** What a stack's configuration may contain. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type SettingsValues = z.output<typeof settingsSchema>;
