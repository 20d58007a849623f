import type { z } from "zod";
import { UserError } from "../errors";
import { isGroup, isUnquoted } from "../configuration/leaves";
import { type Names, namesOf } from "../names";
import { type Owner } from "../ownership";
import { effectiveQuota, quotaProblems, type Quota } from "./quota";
import { pullRequestNumber } from "../pull-request";
import { rootProblems } from "./root";
import { evenIfOthersFail } from "./rules";
import { closestName } from "./closest-name";
import { demoLoginProblems } from "./demo-login-variable";
import { sourceProblems } from "./source-problems";
import { namesIn } from "./shape";
import { settingsSchema, type SettingsInput, type SettingsValues } from "./schema";
import { compose, type Composition } from "../workloads";

/** A preview's settings: validated, with all defaults filled in, frozen. */
export type Settings = Omit<SettingsValues, "quota"> &
  Composition & {
    readonly pullRequest: number;
    readonly names: Names;
    readonly owner: Owner;
    readonly quota: Quota;
  };

/** One message for all invalid settings, each with its rule and the value received. */
export class SettingsError extends UserError {
  override name = "SettingsError";

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? `A setting is invalid, and nothing was changed:\n  ${problems[0]}`
        : `${problems.length} settings are invalid, and nothing was changed:\n${problems.map((text) => `  ${text}`).join("\n")}`,
    );
  }
}

/**
 * @param stack the stack's name, `pr-123`
 * @param project the Pulumi project's name, which is part of who owns the preview
 * @param values the stack's configuration
 * @throws SettingsError with all problems at once
 */
export function parseSettings(stack: string, project: string, values: SettingsInput): Settings {
  const problems: string[] = [];
  let pullRequest = 0;
  try {
    pullRequest = pullRequestNumber(stack);
  } catch (error) {
    problems.push((error as Error).message);
  }
  const composed: { composition?: Composition } = {};
  const parsed = settingsSchema
    .superRefine((given, context) => {
      const report = (message: string) => context.addIssue({ code: "custom", message });
      [...demoLoginProblems(given), ...rootProblems(given), ...sourceProblems(given)].forEach(report);
      if (!context.issues.some(concernsParts)) {
        const located = context.issues.length === 0 ? given : { ...given, ...anyHost };
        composed.composition = composeOnce(located, pullRequest, report);
      }
    }, evenIfOthersFail)
    .safeParse(values);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.flatMap((issue) => describe(issue, values)));
  }
  const { composition } = composed;
  if (!parsed.success || composition === undefined || problems.length > 0) {
    throw new SettingsError(problems);
  }
  const valid = parsed.data;
  return deepFreeze({
    ...valid,
    ...composition,
    pullRequest,
    names: namesOf({ ...valid, pullRequest }),
    owner: { project, product: valid.product, repository: valid.repository, pullRequest },
    quota: effectiveQuota(valid, composition),
  });
}

/**
 * The setting `sources` alone, which is needed before there is an image to compose a preview of.
 *
 * @throws SettingsError with all problems at once
 */
export function parseSources(values: SettingsInput): SettingsValues["sources"] {
  const parsed = settingsSchema.shape.sources.safeParse(values.sources);
  if (!parsed.success) {
    const inside = parsed.error.issues.map((issue) => ({ ...issue, path: ["sources", ...issue.path] }));
    throw new SettingsError(inside.flatMap((issue) => describe(issue, values)));
  }
  const problems = sourceProblems({ ...(values as SettingsValues), sources: parsed.data });
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return parsed.data;
}

/** For a preview whose host isn't valid: any will do, since no message contains it. */
const anyHost = { domain: "previews.example", prefix: "", port: 443 };

/** @param report is called once for each mistake: a part made from another one has its mistakes too */
function composeOnce(
  values: SettingsValues,
  pullRequest: number,
  report: (message: string) => void,
): Composition | undefined {
  const problems = new Set<string>();
  const names = namesOf({ ...values, pullRequest });
  const composition = compose(values, names, pullRequest, (problem) => problems.add(problem));
  const all = [...problems, ...(composition === undefined ? [] : quotaProblems(values, composition))];
  all.forEach(report);
  return composition;
}

const groupsOfParts = ["api", "web", "services", "database", "egress", "ingress", "secrets", "quota", "demoLogin"];

/** Whether an invalid setting keeps the parts from being composed. An image that a rule refuses doesn't. */
function concernsParts({ code, path = [] }: z.core.$ZodRawIssue): boolean {
  const isImage = path.at(-1) === "image" && path.length === (path[0] === "services" ? 3 : 2);
  return !(code === "custom" && isImage) && groupsOfParts.includes(String(path[0]));
}

function describe(issue: z.core.$ZodIssue, values: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${name([...issue.path, key])}: ${unknownSetting(issue.path, key)}`);
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => `${name(issue.path)}: ${message}`);
  }
  if (issue.path.length === 0) {
    return [issue.message];
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    values,
  );
  const inside =
    issue.code === "invalid_union" && isGroup(value) && !isUnquoted(value) ? issue.errors.at(-1) : undefined;
  if (inside?.some(({ path }) => path.length > 0)) {
    return inside.flatMap((one) => describe({ ...one, path: [...issue.path, ...one.path] }, values));
  }
  const message = messageOf(issue)
    .replace(/^Invalid input: expected (\w+), received .*$/, (text, type: string) => typeRules[type] ?? text)
    .replace(/^Invalid input: /, "")
    .replace(/^Too (?:small|big): /, "");
  return [`${name(issue.path)}: ${message}${issue.path.some(isSecret) ? "" : `; got ${show(value)}`}`];
}

/** What zod calls by its own names. */
const typeRules: Readonly<Record<string, string>> = {
  array: "must be a list such as [a, b]",
  boolean: "must be true or false",
  int: "must be a whole number",
  number: "must be a number",
  object: "must be a map such as { key: value }",
  record: "must be a map such as { key: value }",
};

function unknownSetting(group: readonly PropertyKey[], key: string): string {
  const meant = closestName(namesIn(group), key);
  return `there is no such setting${meant === undefined ? "" : `; did you mean ${name([...group, meant])}?`}`;
}

/** For a union, the message of its last alternative says more than "Invalid input". */
function messageOf(issue: z.core.$ZodIssue): string {
  const last =
    issue.code === "invalid_union" && issue.message === "Invalid input" ? issue.errors.at(-1)?.at(-1) : undefined;
  return last === undefined ? issue.message : messageOf(last);
}

const name = (path: readonly PropertyKey[]) => path.map(String).join(".");

/** The values below these keys must not reach a terminal or a log. */
const isSecret = (key: PropertyKey) => key === "secrets" || key === "password";

function show(value: unknown): string {
  const withoutSecrets = (key: string, inner: unknown) => (isSecret(key) ? "[secret]" : inner);
  const text = isUnquoted(value) ? value.unquoted : (JSON.stringify(value, withoutSecrets) ?? "nothing");
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
