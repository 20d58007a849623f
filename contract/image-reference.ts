import { type PerImage, perImage } from "./parts";

const host = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?";
const path = "[a-z0-9]+(?:[._/-]+[a-z0-9]+)*";
const reference = new RegExp(`^(${host}${path})(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`);
const commitTag = /^(?:sha-)?[0-9a-f]{7,64}$/;

export interface ImageReference {
  /** Registry and repository, `ghcr.io/myorg/api`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

/** Parses `[registry/]repository[:tag][@sha256:…]`; undefined where it is none. */
export function parseImage(image: string): ImageReference | undefined {
  const match = reference.exec(image);
  return match ? { repository: match[1]!, tag: match[2], digest: match[3] } : undefined;
}

/**
 * True where the reference always means the same image: it has a digest, or its tag is a commit's SHA (7 to 64
 * hexadecimal digits, also with the `sha-` that CI systems put before it). A moving tag such as `latest` gives no
 * rollout on the next push.
 */
export function isPinned(image: ImageReference): boolean {
  return image.digest !== undefined || (image.tag !== undefined && commitTag.test(image.tag));
}

/** References of the images that a preview runs. */
export type Images = PerImage<string>;

/**
 * What a preview that runs one commit would run at another, by the tags: what is tagged with the one is taken with the
 * other, and what has another tag is another repository's and stays. Undefined where neither is tagged with the commit.
 */
export function imagesOfCommit(images: Images, from: string, to: string): Images | undefined {
  const moved = perImage((image) => imageOfCommit(images[image], from, to));
  return Object.values(moved).every((image) => image === undefined)
    ? undefined
    : perImage((image) => moved[image] ?? images[image]);
}

/** A digest is left out: it is the one commit's. */
function imageOfCommit(image: string, from: string, to: string): string | undefined {
  const { repository, tag = "" } = parseImage(image) ?? {};
  const commit = tag.replace(/^sha-/, "");
  return commitTag.test(tag) && from.startsWith(commit)
    ? `${repository}:${tag.slice(0, -commit.length)}${to.slice(0, commit.length)}`
    : undefined;
}

/** What a container is told as GIT_SHA unless a setting says otherwise: the commit in the tag, else the digest. */
export function revisionOf(image: ImageReference): string {
  if (image.tag !== undefined && commitTag.test(image.tag)) {
    return image.tag.replace(/^sha-/, "");
  }
  return image.digest ?? image.tag ?? "";
}
