import { imageOfSource, parseImage, type Source } from "../../contract";
import type { Registry } from "../../clients/registry";

/** A commit's images of a source, by part. */
export interface Built {
  readonly commit: string;
  /** With tag and digest. */
  readonly images: Readonly<Record<string, string>>;
  /** With the tag alone: the registry doesn't have them. */
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * The first of some commits that has all of a source's images; if none has, the first of them with those that it has.
 *
 * @param commits at least one
 */
export async function firstBuilt(
  registry: Registry,
  source: Pick<Source, "images">,
  commits: readonly string[],
): Promise<Built> {
  let first: Built | undefined;
  for (const commit of commits) {
    const built = await builtAt(registry, source, commit);
    if (isWhole(built)) {
      return built;
    }
    first ??= built;
  }
  return first!;
}

export const isWhole = ({ missing }: Pick<Built, "missing">): boolean => Object.keys(missing).length === 0;

async function builtAt(registry: Registry, { images }: Pick<Source, "images">, commit: string): Promise<Built> {
  const all = await Promise.all(
    Object.entries(images).map(async ([part, template]) => {
      const image = imageOfSource(template, commit);
      return { part, image, digest: await registry.digestOf(parseImage(image)!) };
    }),
  );
  return {
    commit,
    images: Object.fromEntries(
      all.flatMap(({ part, image, digest }) => (digest === undefined ? [] : [[part, `${image}@${digest}`]])),
    ),
    missing: Object.fromEntries(
      all.flatMap(({ part, image, digest }) => (digest === undefined ? [[part, image]] : [])),
    ),
  };
}
