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

/** What a container is told as GIT_SHA unless a setting says otherwise: the commit in the tag, else the digest. */
export function revisionOf(image: ImageReference): string {
  if (image.tag !== undefined && commitTag.test(image.tag)) {
    return image.tag.replace(/^sha-/, "");
  }
  return image.digest ?? image.tag ?? "";
}
