import {
  type Choice,
  dependencyText,
  imageOfSource,
  limits,
  type Pair,
  type Resolved,
  UserError,
} from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Registry } from "../../clients/registry";
import { type Candidates, candidatesOf } from "./candidates";
import { type Asked, dependenciesOf } from "./dependencies";
import { firstBuilt } from "./images";

export interface PairOptions extends Asked {
  /** Parts whose images the command line gives: they need no source. */
  readonly given: readonly string[];
  readonly registry: Registry;
  /** The code host of another repository. */
  readonly otherCodeHost: (repository: string) => CodeHost;
}

/** What a pair is now. */
export interface Resolution {
  readonly pair: Pair;
  /** Parts whose source hasn't built the commit's image yet, which has no digest then. */
  readonly missing: Pair;
}

/**
 * Resolves what a pull request is previewed with: pull request or branch, its commit, that commit's image, its digest.
 *
 * @throws UserError if a source can't be resolved, even by waiting
 */
export async function resolvePair(options: PairOptions): Promise<Resolution> {
  const choices = (await dependenciesOf(options)).map((choice) => without(options.given, choice));
  const needed = choices.filter(({ source }) => Object.keys(source.images).length > 0);
  const resolved = await Promise.all(needed.map((choice) => resolveSource(options, choice)));
  return {
    pair: Object.assign({}, ...resolved.map(({ pair }) => pair)) as Pair,
    missing: Object.assign({}, ...resolved.map(({ missing }) => missing)) as Pair,
  };
}

function without(given: readonly string[], { source, ...choice }: Choice): Choice {
  const left = Object.entries(source.images).filter(([part]) => !given.includes(part));
  return { ...choice, source: { ...source, images: Object.fromEntries(left) } };
}

async function resolveSource(
  { otherCodeHost, registry }: PairOptions,
  { source, dependency }: Choice,
): Promise<Resolution> {
  const candidates = await candidatesOf(otherCodeHost(source.repository), source, dependency);
  const { ref, merged, commits, isExpected } = candidates;
  const built = await firstBuilt(registry, source, commits);
  const parts = (commit: string, images: Readonly<Record<string, string>>): Pair => {
    const shared: Omit<Resolved, "image"> = { repository: source.repository, ref, ...(merged && { merged }), commit };
    return Object.fromEntries(Object.entries(images).map(([part, image]) => [part, { ...shared, image }]));
  };
  if (built !== undefined) {
    return { pair: parts(built.commit, built.images), missing: {} };
  }
  const newest = commits[0] ?? "";
  const images = Object.entries(source.images).map(([part, image]) => [part, imageOfSource(image, newest)]);
  const missing = parts(newest, Object.fromEntries(images) as Record<string, string>);
  if (!isExpected) {
    throw new UserError(neverBuilt(missing, candidates));
  }
  return { pair: {}, missing };
}

function neverBuilt(missing: Pair, { commits }: Candidates): string {
  const [part, first] = Object.entries(missing)[0]!;
  return (
    `none of the newest ${commits.length} commits of ${dependencyText(first)} has an image (at most ` +
    `${limits.branchImageTries} are tried), not even ${first.image}: look at that repository's builds, and at the setting ` +
    `sources.${part}.image`
  );
}
