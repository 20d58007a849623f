import type { SettingsValues } from "../settings/schema";
import { isSameRepository } from "./pair";
import { quoted } from "./quoted";

/** Another repository that builds parts of the product. */
export interface Source {
  /** `owner/name` */
  readonly repository: string;
  /** The branch that its parts come from unless a pull request says otherwise. */
  readonly branch: string;
  /** The image of each part, with `${sha}` for the full commit. */
  readonly images: Readonly<Record<string, string>>;
}

/** The image of a commit, `ghcr.io/myorg/api:<commit>`. */
export const imageOfSource = (image: string, commit: string): string => image.replace("${sha}", commit);

/** The setting `sources` by repository. A dependency moves every part of its source. */
export function sourcesByRepository(sources: SettingsValues["sources"]): Source[] {
  const found: Source[] = [];
  for (const [part, { repository, branch, image }] of Object.entries(sources)) {
    const index = found.findIndex((one) => isSameRepository(one.repository, repository));
    const before = found[index] ?? { repository, branch, images: {} };
    found[index === -1 ? found.length : index] = { ...before, images: { ...before.images, [part]: image } };
  }
  return found;
}

export const sourceOf = (sources: readonly Source[], repository: string): Source | undefined =>
  sources.find((one) => isSameRepository(one.repository, repository));

/** What to tell whoever named a repository that isn't among the sources. */
export function noSource(sources: readonly Source[], repository: string): string {
  const known = sources.map((one) => one.repository).join(", ");
  return `the setting sources has no repository ${quoted(repository)}; known: ${known || "none, since it is empty"}`;
}
