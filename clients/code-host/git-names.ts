/**
 * Whether a name can be a branch's or a tag's, by the rules of `git check-ref-format`. It is no option either, and no longer than
 * 255 characters. Wider than what settings and manifests take: a pull request's own branch may have any name.
 *
 * https://git-scm.com/docs/git-check-ref-format
 */
export function isRefName(name: string): boolean {
  return (
    name.length <= 255 &&
    name.isWellFormed() &&
    !/[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(name) &&
    !/^[-@]$|^-|\.$/.test(name) &&
    name.split("/").every((component) => component !== "" && !component.startsWith(".") && !component.endsWith(".lock"))
  );
}

/** Whether a text is a full commit SHA, of SHA-1 or SHA-256. */
export const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
