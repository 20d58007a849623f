import { UserError } from "../errors";
import { type Dependency, isSameRepository } from "./pair";
import { listed, quoted } from "./quoted";
import { contradictions, parsePull } from "./ref";
import { noSource, type Source, sourceOf } from "./sources";
import { visibleLines } from "./visible-lines";

/** `Depends-On:` at the beginning of a line, or of a list's item. */
const key = /^(?: {0,3}|[ \t]{0,20}(?:[-*+]|[0-9]{1,9}[.)])[ \t]{1,4})depends-on:/i;

const pullRequestPage = /^\/([^/]{1,39}\/[^/]{1,100})\/pull\/([0-9]{1,9})$/;

/** How many such lines a description may have. */
const most = 20;

/**
 * The lines `Depends-On: https://github.com/myorg/backend/pull/515` of a pull request's description, each repository once.
 * Nothing follows the URL, which is that of the pull request's page and of no page below it. Code, HTML comments and quotes
 * don't count, nor does a line without a value, which a template may have. Without sources the lines are another tool's.
 *
 * @param body the description, of any length
 * @param origin the code host's, `https://github.com`: that of the pull request's own URL
 * @throws UserError with every line that isn't the URL of a source's pull request or contradicts another line
 */
export function dependsOn(
  body: string,
  { origin }: { readonly origin: string },
  sources: readonly Source[],
): Dependency[] {
  const wishes = sources.length === 0 ? [] : wishesIn(body);
  if (wishes.length > most) {
    throw new UserError(`the description: has ${wishes.length} Depends-On lines; at most ${most} are allowed`);
  }
  const read = wishes.map((wish) => readWish(wish, origin, sources));
  const dependencies = read.filter((one) => typeof one !== "string");
  const problems = [...read.filter((one) => typeof one === "string"), ...contradictions(dependencies)];
  if (problems.length > 0) {
    throw new UserError(listed(problems));
  }
  return dependencies.filter(
    ({ repository }, index) => dependencies.findIndex((one) => isSameRepository(one.repository, repository)) === index,
  );
}

interface Wish {
  readonly where: string;
  readonly value: string;
}

/** Whether a description has such a line, be it right or wrong. */
export const hasDependsOn = (body: string): boolean => wishesIn(body).length > 0;

const wishesIn = (body: string): Wish[] =>
  visibleLines(body).flatMap(({ number, text }) => {
    const [start] = key.exec(text) ?? [];
    const value = start === undefined ? "" : text.slice(start.length).trim();
    return value === "" ? [] : { where: `the description, line ${number}`, value };
  });

/** @returns what is wrong with it if that isn't a dependency */
function readWish({ where, value }: Wish, origin: string, sources: readonly Source[]): Dependency | string {
  const page = value.startsWith(origin) ? pullRequestPage.exec(value.slice(origin.length)) : null;
  const found = page === null ? undefined : parsePull(`${page[1]}#${page[2]}`);
  if (found === undefined) {
    const example = `${origin}/${sources[0]!.repository}/pull/515`;
    return `${where}: Depends-On must be the URL of a pull request and nothing else, such as ${example}; got ${quoted(value)}`;
  }
  const { repository, pull } = found;
  return sourceOf(sources, repository) === undefined
    ? `${where}: ${noSource(sources, repository)}`
    : { repository, ref: { pull }, where };
}
