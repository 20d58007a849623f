import { type Dependency, limits, type Ref, type Source, UserError } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { MovedOn } from "./errors";

/** The commits that a source may be taken at, best first: the first that has an image is. */
export interface Candidates {
  readonly ref: Ref;
  readonly merged?: true;
  /** At least one. */
  readonly commits: readonly string[];
  /** Whether the image of one of them is expected, so that waiting for it makes sense. */
  readonly isExpected: boolean;
}

/**
 * Finds the commits that a dependency means, or those of the source's branch. A commit counts only if it is on a branch, or the head
 * of an open pull request of the repository itself: GitHub answers for every commit of a fork network.
 *
 * @throws UserError if there is none, with the place that names it
 * @throws MovedOn if a pinned pull request has another head, or was merged
 */
export async function candidatesOf(host: CodeHost, source: Source, dependency?: Dependency): Promise<Candidates> {
  try {
    return await find(host, source, dependency?.ref ?? { branch: source.branch });
  } catch (error) {
    throw error instanceof UserError && !(error instanceof MovedOn)
      ? new UserError(`${placeOf(dependency)}: ${error.message}`, { cause: error })
      : error;
  }
}

/** Where it is said what a source is to be. */
export const placeOf = (dependency?: Pick<Dependency, "where">): string => dependency?.where ?? "the setting sources";

async function find(host: CodeHost, source: Source, ref: Ref): Promise<Candidates> {
  if ("pull" in ref) {
    return ofPull(host, source, ref);
  }
  if ("branch" in ref) {
    return { ref, commits: (await host.firstParents(ref.branch)).slice(0, limits.branchImageTries), isExpected: false };
  }
  const commit = "tag" in ref ? await ofTag(host, source, ref.tag) : await ofCommit(host, source, ref.commit);
  return { ref, commits: [commit], isExpected: true };
}

async function ofTag(host: CodeHost, { branch }: Source, tag: string): Promise<string> {
  const commit = await host.tagCommit(tag);
  if (commit === undefined) {
    throw host.missing(`tag ${tag}`);
  }
  if (!(await host.isOnBranch(commit, branch))) {
    throw new UserError(
      `the tag ${tag} of ${host.repository} is the commit ${commit}, which isn't on ${branch}: name a tag that is`,
    );
  }
  return commit;
}

async function ofCommit(host: CodeHost, { branch }: Source, commit: string): Promise<string> {
  if (!(await host.isOnBranch(commit, branch)) && !(await host.isHeadOfOpenPull(commit))) {
    throw new UserError(
      `the commit ${commit} is neither on ${branch} of ${host.repository} nor the head of an open pull request there (those of ` +
        "forks don't count): name one that is",
    );
  }
  return commit;
}

async function ofPull(
  host: CodeHost,
  source: Source,
  { pull, sha }: Extract<Ref, { readonly pull: number }>,
): Promise<Candidates> {
  const name = `${host.repository}#${pull}`;
  const found = await host.pullRequest(pull);
  if (found === undefined) {
    throw host.missing(`pull request ${pull}`);
  }
  const ref = { pull };
  if (found.state === "open") {
    if (found.fork) {
      throw new UserError(
        `${name} comes from a fork, whose commits are never taken: name a pull request from a branch of ${host.repository}`,
      );
    }
    if (sha !== undefined && sha !== found.headSha) {
      throw new MovedOn(`the head of ${name} is now ${found.headSha}, not ${sha}`);
    }
    return { ref, commits: [found.headSha], isExpected: true };
  }
  if (!found.merged) {
    throw new UserError(`${name} was closed without being merged: name another pull request, or remove this one`);
  }
  if (sha !== undefined) {
    throw new MovedOn(`${name} is merged now, so ${sha} is no longer what it stands for`);
  }
  return { ref, merged: true, commits: await sinceMerge(host, source, found), isExpected: true };
}

/** The branch's commits that contain the merge, newest first. */
async function sinceMerge(host: CodeHost, { branch }: Source, found: PullRequest): Promise<string[]> {
  if (found.branch !== branch) {
    throw new UserError(
      `${host.repository}#${found.number} was merged into ${found.branch}, not into ${branch}: name a branch or a commit that has it`,
    );
  }
  const commits = await host.firstParents(branch);
  const merge = commits.indexOf(found.mergeCommit ?? "");
  return commits.slice(0, Math.min(limits.branchImageTries, merge === -1 ? Infinity : merge + 1));
}
