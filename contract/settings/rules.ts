import { z } from "zod";
import { isPinned, parseImage } from "../image-reference";
import { isUnquoted } from "../configuration/leaves";
import { parseQuantity } from "../quantity";

/** Rules shared by several settings. A message states only the rule; `parseSettings` adds the value. */

/** @param rule the message for anything else that isn't text */
export const notText =
  (rule = "must be text") =>
  ({ input }: { readonly input?: unknown }) =>
    typeof input === "number" || isUnquoted(input)
      ? "must be text: put it in quotes (YAML turns 1.10 into 1.1, and 01234 into 668)"
      : input === undefined
        ? "is required"
        : rule;

/**
 * Text, or an integer or a boolean, which `pulumi config set --path` makes of text. NUL is refused: neither arguments nor
 * variables of a container can contain it.
 */
export const text = z
  .union([z.string(), z.boolean(), z.number().refine(Number.isSafeInteger, { abort: true })], { error: notText() })
  .transform(String)
  .pipe(z.string().regex(/^[^\0]*$/, "must not contain the character NUL"));

export const matching = (pattern: RegExp, message: string) => text.pipe(z.string().regex(pattern, message));

/** Text without line breaks and other control characters, which get in by pasting. */
export const line = matching(/^\P{Cc}*$/u, "must be one line without control characters");

export const requiredLine = (message = "must not be empty") => line.pipe(z.string().min(1, message));

/** For a rule on a whole group: checks it even if settings in the group are invalid, so that one message names all problems. */
export const evenIfOthersFail = {
  when: ({ value }: { readonly value: unknown }) => typeof value === "object" && value !== null,
};

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `previews.example.com`: RFC 1123, lower case. */
export const domain = text.superRefine((value, context) => {
  const fail = (message: string) => context.addIssue({ code: "custom", message });
  if (value === "") {
    fail("is required: the domain that all previews share, such as previews.example.com");
  } else if (/[:/@?#\s]/.test(value)) {
    fail("must be a bare domain without scheme, port or path");
  } else if (value.length > 180) {
    fail("must have at most 180 characters, so that the host, with the preview's label, has at most 253");
  } else if (!value.includes(".") || !value.split(".").every((part) => label.test(part))) {
    fail("must be dot-separated labels of 1 to 63 lower-case letters, digits and hyphens");
  }
});

export const dnsLabel = matching(label, "must be 1 to 63 lower-case letters, digits and hyphens");

export const product = text.superRefine((value, context) => {
  if (!label.test(value)) {
    const message = "is required: the product's name in 1 to 63 lower-case letters, digits and hyphens";
    context.addIssue({ code: "custom", message });
  }
});

/** `myorg/backend` */
export const repository = matching(
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  "must be owner/name",
);

/** A branch or a tag by git's rules (git-check-ref-format), without characters that nobody needs. */
export const gitNamePattern = /^(?![-./])(?!.*(?:\.\.|\/\/|\/\.|\.lock(?:\/|$)|[./]$))[A-Za-z0-9._/+#@=-]{1,200}$/;

export const gitName = matching(gitNamePattern, "must be the name of a branch or a tag");

export const optional = <T extends z.ZodType<string>>(rule: T) => z.union([z.literal(""), rule]).default("");

/** What is wrong with an image that must be pinned to a commit; undefined where nothing is. */
export function imageProblem(value: string): string | undefined {
  const parsed = parseImage(value);
  if (parsed === undefined) {
    return "must be an image reference such as ghcr.io/myorg/api:4f5c2d1 or ghcr.io/myorg/api@sha256:<64 digits>";
  }
  return isPinned(parsed)
    ? undefined
    : "must name a digest (@sha256:…) or a tag that is a commit SHA (7 to 64 hexadecimal digits)";
}

/** Any image, also by a tag that moves: one that no commit of the product changes. */
export const imageReference = text.refine(
  (value) => parseImage(value) !== undefined,
  "must be an image reference such as redis:7.4 or ghcr.io/myorg/tool@sha256:<64 digits>",
);

/** Empty where none was given. */
export const image = z.string().superRefine((value, context) => {
  const message = value === "" ? undefined : imageProblem(value);
  if (message !== undefined) {
    context.addIssue({ code: "custom", message });
  }
});

export const imageRequired = "is required: an image by digest, or by a tag that is a commit SHA";

export const requiredImage = image.refine((value) => value !== "", imageRequired);

const portRule = { error: "must be a port from 1 to 65535" };

export const port = z.int(portRule).min(1, portRule).max(65535, portRule);

/** A top-level port, which Pulumi passes as text. */
export const portText = z.preprocess((value) => (typeof value === "string" ? Number(value) : value), port);

/** A top-level boolean, which Pulumi passes as text. */
export const flagText = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean({ error: "must be true or false" }),
);

const daysRule = { error: "must be a number of days from 1 to 365" };

/** A top-level number of days, which Pulumi passes as text. */
export const daysText = z.preprocess(
  (value) => (typeof value === "string" ? Number(value) : value),
  z.int(daysRule).min(1, daysRule).max(365, daysRule),
);

export const path = matching(/^\/[A-Za-z0-9._~\-/]*$/, "must be a path that starts with / and has no query");

/** A path that the ingress routes to the API. */
export const routedPath = path.refine((value) => value !== "/", "must not be /, which is routed to the web");

/** `https://app.example.com`, as a browser sends it in Origin. A wildcard would admit sites that nobody listed. */
export const origin = matching(
  /^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?$/,
  "must be an exact origin such as https://app.example.com, without wildcard, path or trailing slash",
);

export const certificates = matching(
  /^\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/,
  "must be certificates in PEM form (-----BEGIN CERTIFICATE-----…)",
);

export const absolutePath = matching(/^(?:\/[A-Za-z0-9._-]+)+$/, "must be an absolute path in the container").refine(
  (value) => !value.split("/").includes(".."),
  "must not contain ..",
);

/** With dots, which Neo4j's have. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, "must be a variable name: letters, digits, underscores and dots");

/** A variable that a shell can read too, or a value's name after `secret.`. */
export const plainName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a name of letters, digits and underscores");

export const objectName = matching(
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
  "must be a Kubernetes object name: lower-case letters, digits, dots and hyphens",
);

/** The name of a label or an annotation. */
const objectKey = z
  .string()
  .regex(/^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, "must be the name of a label");

const labelValue = matching(/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, "must be a label's value");

/** At least one label: an empty selector would match every namespace. */
export const selectingLabels = z
  .record(objectKey, labelValue)
  .refine((all) => Object.keys(all).length > 0, "must name at least one label");

export const annotations = z.record(objectKey, text);

export const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "must be a CIDR block such as 10.0.0.0/8" });

/** More than any node for previews has: a larger value is a typo. */
const largest = { cpu: 128, memory: 1024 * 2 ** 30, storage: 16 * 2 ** 40 };

function quantity(kind: keyof typeof largest, example: string) {
  const smallest = kind === "cpu" ? 0.001 : 2 ** 20;
  const range = kind === "cpu" ? "between 1m and 128" : `between 1Mi and ${kind === "memory" ? "1Ti" : "16Ti"}`;
  return text.refine((value) => {
    const amount = parseQuantity(value);
    return amount !== undefined && amount >= smallest && amount <= largest[kind];
  }, `must be a quantity ${range}, such as ${example}`);
}

export const cpu = quantity("cpu", "100m");
export const memory = quantity("memory", "256Mi");
export const storage = quantity("storage", "1Gi");

/** What is wrong with a memory limit; undefined where nothing is, or where a rule of its own refuses one of the two. */
export const memoryLimitProblem = (given: { readonly memory: string; readonly memoryLimit: string }) =>
  (parseQuantity(given.memory) ?? 0) > (parseQuantity(given.memoryLimit) ?? Infinity)
    ? `must not be smaller than the memory request of ${given.memory}`
    : undefined;

const writablePath = z.union(
  [
    absolutePath,
    z
      .strictObject({
        path: absolutePath,
        size: storage.optional(),
        disk: z.boolean({ error: "must be true or false" }).optional(),
      })
      .refine(({ size, disk }) => disk !== true || size !== undefined, {
        path: ["size"],
        message: "is required for a folder on disk",
      }),
  ],
  { error: "must be an absolute path in the container, or { path, size, disk }" },
);

/** Folders, each listed once. */
export const writablePaths = z.array(writablePath).superRefine((all, context) => {
  const paths = all.map((given) => (typeof given === "string" ? given : given.path));
  paths.forEach((path, index) => {
    if (paths.indexOf(path) < index) {
      context.addIssue({ code: "custom", path: [index], message: `must not list ${path} twice` });
    }
  });
});
