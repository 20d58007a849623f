import type { PerImage } from "./parts";

const host = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?";
const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const path = `${component}(?:/${component})*`;
const reference = new RegExp(`^(${host}${path})(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`);
const commitTag = /^(?:sha-)?[0-9a-f]{7,64}$/;

export interface ImageReference {
  /** Registry and repository, `ghcr.io/myorg/api`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

/** Parses `[registry/]repository[:tag][@sha256:…]`; undefined if the reference is invalid. */
export function parseImage(image: string): ImageReference | undefined {
  const match = reference.exec(image);
  return match ? { repository: match[1]!, tag: match[2], digest: match[3] } : undefined;
}

/**
 * Whether a reference always means the same image: it has a digest, or its tag is a commit SHA (7 to 64 hexadecimal digits,
 * optionally with the prefix `sha-` that CI systems add). A moving tag such as `latest` wouldn't trigger a rollout on the
 * next push.
 */
export function isPinned(image: ImageReference): boolean {
  return image.digest !== undefined || (image.tag !== undefined && commitTag.test(image.tag));
}

/** The image references of a preview. */
export type Images = PerImage<string>;

/**
 * A preview's images at another commit: the tag `from` becomes `to`. An image with any other tag comes from another repository
 * and stays. Undefined if no image is tagged with `from`.
 */
export function imagesOfCommit(images: Images, from: string, to: string): Images | undefined {
  const moved = Object.entries(images).map(([name, image]) => [name, image, imageOfCommit(image, from, to)] as const);
  return moved.every(([, , image]) => image === undefined)
    ? undefined
    : Object.fromEntries(moved.map(([name, former, image]) => [name, image ?? former]));
}

/** Drops the digest, which belongs to `from`. */
function imageOfCommit(image: string, from: string, to: string): string | undefined {
  const { repository, tag = "" } = parseImage(image) ?? {};
  const commit = tag.replace(/^sha-/, "");
  return commitTag.test(tag) && from.startsWith(commit)
    ? `${repository}:${tag.slice(0, -commit.length)}${to.slice(0, commit.length)}`
    : undefined;
}

/** The default of GIT_SHA: the commit in the tag, otherwise the digest. */
export function revisionOf(image: ImageReference): string {
  if (image.tag !== undefined && commitTag.test(image.tag)) {
    return image.tag.replace(/^sha-/, "");
  }
  return image.digest ?? image.tag ?? "";
}
