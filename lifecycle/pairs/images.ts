import { imageOfSource, parseImage, type Source } from "../../contract";
import type { Registry } from "../../clients/registry";

/** The first of some commits that has all of a source's images. */
export interface Built {
  readonly commit: string;
  /** By part, with tag and digest. */
  readonly images: Readonly<Record<string, string>>;
}

/** Undefined if no commit has them all. */
export async function firstBuilt(
  registry: Registry,
  { images }: Pick<Source, "images">,
  commits: readonly string[],
): Promise<Built | undefined> {
  for (const commit of commits) {
    const found = await Promise.all(
      Object.entries(images).map(async ([part, template]) => {
        const image = imageOfSource(template, commit);
        const digest = await registry.digestOf(parseImage(image)!);
        return digest === undefined ? undefined : ([part, `${image}@${digest}`] as const);
      }),
    );
    const there = found.filter((one) => one !== undefined);
    if (there.length === found.length) {
      return { commit, images: Object.fromEntries(there) };
    }
  }
  return undefined;
}
