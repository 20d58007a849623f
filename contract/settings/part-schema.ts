import { z } from "zod";
import * as rule from "./rules";

/** The settings that `api`, `web` and each of `services` have in common. None has a default: `from` must tell what was given. */

/** Of a user or a group. */
const id = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

const seconds = (most: number) => {
  const error = { error: `must be a whole number of seconds from 1 to ${most}` };
  return z.int(error).min(1, error).max(most, error);
};

const environmentValue = z.union([rule.text, z.strictObject({ secret: rule.objectName, key: rule.requiredLine() })], {
  error: rule.notText("must be text, or { secret, key } with a Secret in the preview's namespace"),
});

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

export const egress = z.array(egressRule);

const check = z
  .strictObject({
    http: rule.path.optional(),
    tcp: z.literal(true, { error: "must be true, or left out" }).optional(),
    command: z.array(rule.text).min(1).optional(),
    port: rule.port.optional(),
    everySeconds: seconds(3600).optional(),
    timeoutSeconds: seconds(600).optional(),
  })
  .refine((given) => [given.http, given.tcp, given.command].filter((kind) => kind !== undefined).length === 1, {
    message: "must have exactly one of http, tcp and command",
    ...rule.evenIfOthersFail,
  })
  .refine(({ command, port }) => command === undefined || port === undefined, {
    path: ["port"],
    message: "is for http and tcp",
    ...rule.evenIfOthersFail,
  });

const checks = z
  .union(
    [
      z.literal("none"),
      z.strictObject({
        start: check.optional(),
        ready: check.optional(),
        live: check.optional(),
        startSeconds: seconds(3600).optional(),
      }),
    ],
    { error: "must be none, or { start, ready, live, startSeconds }" },
  )
  .optional()
  .describe(
    "`none`, or `start`, `ready` and `live`, each `{ http: /path }`, `{ tcp: true }` or `{ command: […] }` with port, everySeconds, " +
      "timeoutSeconds (5, of a command 10), and `startSeconds` (120); by default `tcp` on its port",
  );

const partName = rule.dnsLabel;

/** Kubernetes has no two hyphens in a row there (RFC 6335). */
const portName = z
  .string()
  .regex(
    /^(?!.*--)[a-z](?:[a-z0-9-]{0,13}[a-z0-9])?$/,
    "must be a port's name: at most 15 letters, digits and hyphens",
  );

/** A group of resources that may be given in part. */
export const someResources = z.strictObject({
  cpu: rule.cpu.optional().describe("as of the API; by default that of `from`, or 50m"),
  memory: rule.memory.optional().describe("as of the API; by default that of `from`, or 128Mi"),
  memoryLimit: rule.memory.optional().describe("as of the API; by default that of `from`, or 512Mi"),
});

/** With every default. */
export function resources(cpu: string, memory: string, memoryLimit: string) {
  return z
    .strictObject({
      cpu: rule.cpu.default(cpu).describe("CPU request; there is no CPU limit, so a start-up isn't throttled"),
      memory: rule.memory.default(memory).describe("memory request"),
      memoryLimit: rule.memory
        .default(memoryLimit)
        .describe("memory limit; the sizes of folders in memory are added to it"),
    })
    .superRefine((given, context) => {
      const message = rule.memoryLimitProblem(given);
      if (message !== undefined) {
        context.addIssue({ code: "custom", path: ["memoryLimit"], message });
      }
    }, rule.evenIfOthersFail)
    .prefault({});
}

const list = <Item extends z.ZodType>(item: Item) => z.array(item).optional();

/** Kubernetes takes an empty list for none. */
const words = z.array(rule.text).min(1, "must not be empty; leave it out for the image's own").optional();

export const partSettings = {
  env: z
    .record(rule.variableName, environmentValue)
    .default({})
    .describe("environment variables; they override the preview's own; `${…}` inserts a value"),
  secrets: z
    .record(rule.variableName, rule.text)
    .default({})
    .describe(
      "environment variables kept in a Secret, taken literally; set them with `pulumi config set --secret --path`",
    ),
  omit: z
    .array(rule.variableName)
    .default([])
    .describe("variables that it must not get, of the preview's own or inherited by `from`"),
  command: words.describe("replaces the image's ENTRYPOINT"),
  args: words.describe("replaces the image's CMD"),
  uid: id
    .optional()
    .describe("user id; by default the image's own numeric USER; 0, root, only with `podSecurity: baseline`"),
  gid: id
    .optional()
    .describe(
      "group id, also of its writable folders; by default the uid, or 0 without one: Kubernetes ignores the image's group",
    ),
  readOnlyRoot: z.boolean().optional().describe("whether the image's own folders are read-only; by default true"),
  sharedMemory: rule.storage.optional().describe("size of /dev/shm; by default the container runtime's own"),
  checks,
  stopSeconds: seconds(3600).optional().describe("seconds from SIGTERM to SIGKILL; by default 5"),
  uses: list(partName).describe("parts that it may connect to; `${redis.host}` in a variable implies it"),
  dependsOn: list(partName).describe("the same, and it starts only once they answer on their port"),
  egress: egress.optional().describe("destinations outside, each like one of the setting `egress`, instead of those"),
  serviceAccount: z
    .strictObject({
      clusterRole: rule.objectName.describe(
        "what it may do in the namespace through the Kubernetes API; the platform must grant it (docs/deployer-rights.md)",
      ),
    })
    .optional(),
};

const writablePathsDescription =
  "writable folders, each 64Mi in memory; `{ path: /cache, size: 2Gi, disk: true }` makes one larger and on disk";

export const writablePaths = (...paths: string[]) =>
  rule.writablePaths.default(paths).describe(writablePathsDescription);

export const sha = rule
  .optional(rule.matching(/^[0-9a-f]{7,64}$/, "must be a commit SHA of 7 to 64 hexadecimal digits"))
  .describe("commit for the variable GIT_SHA; by default the image's tag or digest");

/** The paths of checks by HTTP, in short. */
export const checkPaths = {
  livePath: rule.path.optional().describe("short form of `checks.live.http`; must not need the database"),
  readyPath: rule.path.optional().describe("short form of `checks.ready.http`"),
};

/** A part that the preview has beside API, web and database. */
export const service = z
  .strictObject({
    from: partName
      .optional()
      .describe("part whose image, variables, user, folders, resources and network paths it inherits"),
    imageFrom: partName.optional().describe("part whose image it runs, without anything else of it"),
    image: rule.imageReference.optional().describe("its own image"),
    perCommit: z
      .boolean()
      .default(false)
      .describe("whether the image is built per commit: it must be pinned, and `preview up --image NAME=REF` sets it"),
    port: rule.port.optional().describe("port that it listens on"),
    ports: z
      .record(portName, rule.port, { error: "must be ports by name, such as { http: 8025, smtp: 1025 }" })
      .refine((all) => new Set(Object.values(all)).size === Object.keys(all).length, "must not name a port twice")
      .optional()
      .describe("several ports by name, instead of `port`"),
    single: z
      .boolean()
      .optional()
      .describe(
        "whether there may never be two of it, not even during an update; by default true for an image of its own that isn't perCommit",
      ),
    ...partSettings,
    writablePaths: rule.writablePaths.optional().describe(writablePathsDescription),
    resources: someResources.optional(),
  })
  .superRefine((given, context) => {
    const fail = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (given.image === undefined && given.from === undefined && given.imageFrom === undefined) {
      fail("image", "is required, unless from or imageFrom names the part that it is taken from");
    }
    if (given.image !== undefined && given.imageFrom !== undefined) {
      fail("imageFrom", "must not be given beside image");
    }
    if (given.perCommit && given.image === undefined) {
      fail("perCommit", "is for an image of its own");
    }
    const problem = given.perCommit && given.image !== undefined ? rule.imageProblem(given.image) : undefined;
    if (problem !== undefined) {
      fail("image", problem);
    }
    if (given.port !== undefined && given.ports !== undefined) {
      fail("ports", "must not be given beside port");
    }
  }, rule.evenIfOthersFail);

export type ServiceValues = z.output<typeof service>;
