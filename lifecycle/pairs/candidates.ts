import { type Dependency, limits, type Ref, type Source, UserError } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { MovedOn } from "./errors";

/** The commits that a source may be taken at, best first: the first that has an image is. */
export interface Candidates {
  readonly ref: Ref;
  readonly merged?: true;
  readonly commits: readonly string[];
  /** Whether the image of one of them is expected, so that waiting for it makes sense. */
  readonly isExpected: boolean;
}

/**
 * Finds the commits that a dependency means, or those of the source's branch. A commit counts only if it is on a branch, or the head
 * of an open pull request of the repository itself: GitHub answers for every commit of a fork network.
 *
 * @throws UserError if there is none, with the place that names it
 * @throws MovedOn if the head of a pinned pull request is another commit
 */
export async function candidatesOf(host: CodeHost, source: Source, dependency?: Dependency): Promise<Candidates> {
  const { branch } = source;
  const ref: Ref = dependency?.ref ?? { branch };
  const where = dependency?.where ?? "the setting sources";
  if ("pull" in ref) {
    return ofPull(host, source, ref, where);
  }
  if ("branch" in ref) {
    return { ref, commits: (await host.firstParents(ref.branch)).slice(0, limits.branchImageTries), isExpected: false };
  }
  const commit = "tag" in ref ? await host.tagCommit(ref.tag) : ref.commit;
  if (commit === undefined) {
    const { message } = host.missing(`tag ${"tag" in ref ? ref.tag : ""}`);
    throw new UserError(`${where}: ${message}`);
  }
  if (!(await host.isOnBranch(commit, branch)) && ("tag" in ref || !(await host.isHeadOfOpenPull(commit)))) {
    const rule = "tag" in ref ? "" : ", nor the head of an open pull request of that repository";
    throw new UserError(`${where}: the commit ${commit} is not on ${branch} of ${host.repository}${rule}`);
  }
  return { ref, commits: [commit], isExpected: true };
}

async function ofPull(
  host: CodeHost,
  source: Source,
  { pull, sha }: Extract<Ref, { readonly pull: number }>,
  where: string,
): Promise<Candidates> {
  const name = `${host.repository}#${pull}`;
  const found = await host.pullRequest(pull);
  if (found === undefined) {
    const { message } = host.missing(`pull request ${pull}`);
    throw new UserError(`${where}: ${message}`);
  }
  const ref = { pull };
  if (found.state === "open") {
    if (found.fork) {
      throw new UserError(
        `${where}: ${name} comes from a fork; a pair takes only commits of ${host.repository} itself`,
      );
    }
    if (sha !== undefined && sha !== found.headSha) {
      throw new MovedOn(`the head of ${name} is now ${found.headSha}, not ${sha}`);
    }
    return { ref, commits: [found.headSha], isExpected: true };
  }
  if (!found.merged) {
    throw new UserError(
      `${where}: ${name} was closed without being merged, so nothing says what to run instead; remove the dependency or name ` +
        "another one",
    );
  }
  return { ref, merged: true, commits: await sinceMerge(host, source, found, where), isExpected: true };
}

/** The branch's commits that contain the merge, newest first. */
async function sinceMerge(host: CodeHost, { branch }: Source, found: PullRequest, where: string): Promise<string[]> {
  if (found.branch !== branch) {
    throw new UserError(
      `${where}: ${host.repository}#${found.number} was merged into ${found.branch}, not into ${branch}; name a branch that has it`,
    );
  }
  const commits = await host.firstParents(branch);
  const merge = commits.indexOf(found.mergeCommit ?? "");
  return commits.slice(0, Math.min(limits.branchImageTries, merge === -1 ? Infinity : merge + 1));
}
