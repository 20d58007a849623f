import type { Pair } from "../contract";
import type { CodeHost } from "../clients/code-host";
import { findPreview } from "../lifecycle/inventory/preview";
import { type Followed, followedIn, isFollowed } from "../lifecycle/pairs";
import { codeHostFor, type Workspace } from "../lifecycle/workspace";
import type { UpResult } from "../lifecycle/up";
import { commentOnDependency, commentOnFormerDependency, commentOnUp } from "./comment";
import { withoutBasicAuth } from "./output/without-basic-auth";
import { ci, report } from "./workspace";

/** The code host of the repository in the settings, or else of the one that the workflow runs in, and what is deployed of others. */
export async function codeHostOfPreview(
  workspace: Workspace,
  pullRequest: number,
): Promise<{ readonly host?: CodeHost; readonly pair?: Pair }> {
  const known = await findPreview(workspace, pullRequest);
  const host = codeHostFor(workspace, known?.identity.owner.repository ?? "");
  return { host, pair: known?.deployment?.record?.pair };
}

/** Comments on the pull request. A failure is reported and fails nothing else: what the comment is about is done. */
export async function postComment(host: CodeHost | undefined, pullRequest: number, text: string): Promise<void> {
  await host
    ?.setComment(pullRequest, withoutBasicAuth(text))
    .catch((error: unknown) => report((error as Error).message));
}

/**
 * Comments on an update where its pull request is, and where those are that it is paired with.
 *
 * @param former what it was paired with before
 */
export async function postResult(
  workspace: Workspace,
  host: CodeHost | undefined,
  pullRequest: number,
  result: UpResult & { readonly outcome: "up" },
  former?: Pair,
): Promise<void> {
  await postComment(host, pullRequest, commentOnUp(pullRequest, result, ci.runPage));
  const name = `${host?.repository}#${pullRequest}`;
  const { pair } = result.preview;
  const left = followedIn(former).filter((one) => !isFollowed(pair, one));
  await postOnDependencies(workspace, host, pullRequest, left, () => commentOnFormerDependency(name));
  await postOnDependencies(workspace, host, pullRequest, followedIn(pair), (one) =>
    commentOnDependency(name, result, one),
  );
}

/**
 * Comments on the pull requests of other repositories that a preview follows, so that their authors find it. Only the app may: a
 * workflow's own token writes to no other repository.
 */
export async function postOnDependencies(
  { otherCodeHost, report }: Pick<Workspace, "otherCodeHost" | "report">,
  host: CodeHost | undefined,
  pullRequest: number,
  followed: readonly Followed[],
  textOn: (followed: Followed) => string,
): Promise<void> {
  if (host === undefined) {
    return;
  }
  const about = `${host.repository}#${pullRequest}`;
  for (const one of followed) {
    const other = otherCodeHost(one.repository);
    if (other.mayComment) {
      await other
        .setComment(one.pull, withoutBasicAuth(textOn(one)), about)
        .catch((error: unknown) => report((error as Error).message));
    }
  }
}
