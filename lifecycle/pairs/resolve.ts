import { type Choice, type Pair, type Ref, refText, type Resolved, type Source, UserError } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Registry } from "../../clients/registry";
import { candidatesOf, placeOf } from "./candidates";
import { type Asked, dependenciesOf } from "./dependencies";
import { type Built, firstBuilt, isWhole } from "./images";

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
  /** Parts whose image isn't built yet; it has no digest then. Others of the same commit may be in `pair`. */
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
  const { repository } = source;
  const { ref, merged, commits, isExpected } = await candidatesOf(otherCodeHost(repository), source, dependency);
  const built = await firstBuilt(registry, source, commits);
  if (!isWhole(built) && !isExpected) {
    throw new UserError(`${placeOf(dependency)}: ${neverBuilt(source, ref, commits, built)}`);
  }
  const shared: Omit<Resolved, "image"> = { repository, ref, ...(merged && { merged }), commit: built.commit };
  const parts = (images: Readonly<Record<string, string>>): Pair =>
    Object.fromEntries(Object.entries(images).map(([part, image]) => [part, { ...shared, image }]));
  return { pair: parts(built.images), missing: parts(built.missing) };
}

function neverBuilt({ repository }: Source, ref: Ref, { length }: readonly string[], { missing }: Built): string {
  const place = `${refText(ref)} of ${repository}`;
  const none =
    length === 1 ? `the newest commit of ${place} isn't` : `none of the ${length} newest commits of ${place} is`;
  const settings = Object.keys(missing).map((part) => `sources.${part}.image`);
  return (
    `${none} built: the registry doesn't have ${Object.values(missing).join(", ")}${length === 1 ? "" : " or older ones"}; ` +
    `look at that repository's builds and at the setting ${settings.join(", ")}`
  );
}
