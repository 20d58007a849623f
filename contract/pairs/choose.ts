import { UserError } from "../errors";
import { type Dependency, isSameRepository } from "./pair";
import { listed } from "./quoted";
import { contradictions } from "./ref";
import { noSource, type Source, sourceOf } from "./sources";

/** What was asked for, by where. */
export interface Wishes {
  /** `--with` */
  readonly commandLine: readonly Dependency[];
  /** `preview-overrides.yaml` */
  readonly manifest: readonly Dependency[];
  /** `Depends-On:` in the description. */
  readonly line: readonly Dependency[];
}

export interface Choice {
  readonly source: Source;
  /** Undefined where nothing was asked for: its branch's newest commit with an image. */
  readonly dependency?: Dependency;
}

/**
 * What each source is to be: the command line beats the manifest, the manifest beats the line. A dependency moves every part
 * of its source.
 *
 * @returns one choice for each source, in their order
 * @throws UserError with every repository that is no source, and every place that contradicts another one beside it
 */
export function choose(sources: readonly Source[], { commandLine, manifest, line }: Wishes): Choice[] {
  const levels = [commandLine, manifest, line];
  const problems = levels.flatMap((level) => [
    ...level
      .filter(({ repository }) => sourceOf(sources, repository) === undefined)
      .map(({ where, repository }) => `${where}: ${noSource(sources, repository)}`),
    ...contradictions(level),
  ]);
  if (problems.length > 0) {
    throw new UserError(listed(problems));
  }
  const wishes = levels.flat();
  return sources.map((source) => {
    const dependency = wishes.find(({ repository }) => isSameRepository(repository, source.repository));
    return dependency === undefined ? { source } : { source, dependency };
  });
}
