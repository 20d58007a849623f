import { UserError } from "../errors";
import { isGroup } from "../configuration/leaves";
import { type Wish, wish } from "./manifest-schema";
import { type Dependency, isSameRepository, type Ref } from "./pair";
import { plainYaml, type Problem } from "./plain-yaml";
import { listed, quoted } from "./quoted";
import { contradictions, parsePull } from "./ref";
import type { Source } from "./sources";

/** At the root of the pull request's repository. */
export const manifestFile = "preview-overrides.yaml";

/** In bytes. */
export const manifestLimit = 16 * 1024;

/**
 * What a pull request's `preview-overrides.yaml` asks for, `api: { pull: "myorg/backend#515" }`, one for each part. Empty where
 * the file is.
 *
 * @throws UserError with every problem, each with its line
 */
export function parseManifest(text: string, sources: readonly Source[]): Dependency[] {
  const size = Buffer.byteLength(text);
  if (size > manifestLimit) {
    throw new UserError(`${manifestFile}: must have at most ${manifestLimit} bytes; has ${size}`);
  }
  const { value, problems, lineOf } = plainYaml(text);
  refuse(problems.map(asText));
  if (value === null) {
    return [];
  }
  if (!isGroup(value)) {
    const message = 'must name parts, such as api: { pull: "myorg/backend#515" }';
    throw new UserError(asText({ line: lineOf([]), message }));
  }
  const parts = Object.entries(value).map(([part, given]) => readPart(part, given, sources, lineOf));
  const dependencies = parts.flatMap(({ dependency }) => dependency ?? []);
  refuse([...parts.flatMap((part) => part.problems.map(asText)), ...contradictions(dependencies)]);
  return dependencies;
}

const place = (line: number) => `${manifestFile}:${line}`;

const asText = ({ line, message }: Problem) => `${place(line)}: ${message}`;

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new UserError(listed(problems));
  }
}

interface ReadPart {
  readonly dependency?: Dependency;
  readonly problems: readonly Problem[];
}

function readPart(
  part: string,
  given: unknown,
  sources: readonly Source[],
  lineOf: (path: readonly PropertyKey[]) => number,
): ReadPart {
  const source = sources.find(({ images }) => Object.hasOwn(images, part));
  if (source === undefined) {
    const known = sources.flatMap(({ images }) => Object.keys(images)).join(", ") || "none, since it is empty";
    const message = `the setting sources has no part ${quoted(part)}; known: ${known}`;
    return { problems: [{ line: lineOf([part]), message }] };
  }
  const { data, error } = ofSource(part, source).safeParse(given);
  if (data === undefined) {
    return { problems: independent(error.issues).flatMap((issue) => describe(issue, part, given, lineOf)) };
  }
  const where = place(lineOf([part, ...Object.keys(data)]));
  return { dependency: { ...dependencyOf(data, source), where, part }, problems: [] };
}

/** A wish for a part, whose pull request must be one of the repository that builds it. */
const ofSource = (part: string, { repository }: Source) =>
  wish.superRefine(({ pull = "" }, context) => {
    const parsed = parsePull(pull);
    if (parsed !== undefined && !isSameRepository(parsed.repository, repository)) {
      const message = `must be a pull request of ${repository}, which builds ${part}`;
      context.addIssue({ code: "custom", path: ["pull"], message });
    }
  });

function dependencyOf({ pull, ...ref }: Wish, { repository }: Source): Pick<Dependency, "repository" | "ref"> {
  const parsed = pull === undefined ? undefined : parsePull(pull);
  return parsed === undefined
    ? { repository, ref: ref as Ref }
    : { repository: parsed.repository, ref: { pull: parsed.pull } };
}

type Issue = NonNullable<ReturnType<typeof wish.safeParse>["error"]>["issues"][number];

/** A misspelt key makes their number wrong too, which isn't worth saying. */
function independent(issues: readonly Issue[]): readonly Issue[] {
  const isUnknown = ({ code }: Issue) => code === "unrecognized_keys";
  return issues.some(isUnknown) ? issues.filter((issue) => isUnknown(issue) || issue.path.length > 0) : issues;
}

function describe(
  issue: Issue,
  part: string,
  given: unknown,
  lineOf: (path: readonly PropertyKey[]) => number,
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      line: lineOf([part, key]),
      message: `${part}: unknown key ${quoted(key)}; known: ${Object.keys(wish.shape).join(", ")}`,
    }));
  }
  const [key] = issue.path;
  const got = key === undefined ? given : (given as Record<PropertyKey, unknown>)[key];
  const path = [part, ...issue.path];
  const shown =
    isGroup(got) && key === undefined ? "" : `; got ${typeof got === "string" ? quoted(got) : typeName(got)}`;
  return [{ line: lineOf(path), message: `${path.join(".")}: ${issue.message}${shown}` }];
}

/** What a value is that isn't text. */
function typeName(value: unknown): string {
  if (Array.isArray(value)) {
    return "a list";
  }
  return isGroup(value) ? "a map" : value === null ? "nothing" : `${value as number | boolean}`;
}
