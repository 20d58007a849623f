import { dependencyText, isSameRepository, type Pair, type PullName, type Resolved, shortCommit } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Answer } from "../inventory/answer";

/** A pull request that a preview's pair follows. */
export interface Followed extends PullName {
  /** The commit that is deployed. */
  readonly commit: string;
  /** `myorg/backend#515` */
  readonly name: string;
}

/** What a preview's pair has come to: `moved` is to be deployed, `stuck` to be reported. */
export type Change = { readonly moved: string } | { readonly stuck: string };

/** The pull requests that a pair follows, each once. A merged one is followed no longer. */
export function followedIn(pair: Pair = {}): Followed[] {
  const all = Object.values(pair).flatMap((one) => {
    const followed = asFollowed(one);
    return followed === undefined ? [] : [[followed.name, followed] as const];
  });
  return [...new Map(all).values()];
}

/** Whether a pair follows a pull request. */
export const isFollowed = (pair: Pair | undefined, { repository, pull }: PullName): boolean =>
  followedIn(pair).some((one) => one.pull === pull && isSameRepository(one.repository, repository));

function asFollowed(resolved: Resolved): Followed | undefined {
  const { repository, ref, commit, merged } = resolved;
  return "pull" in ref && merged !== true
    ? { repository, pull: ref.pull, commit, name: dependencyText(resolved) }
    : undefined;
}

/**
 * What has become of the pull requests that a pair follows.
 *
 * @param answers by name, `myorg/backend#515`
 * @returns undefined if nothing has
 */
export function changeOf(pair: Pair | undefined, answers: ReadonlyMap<string, Answer>): Change | undefined {
  const changes = followedIn(pair).map((one) => changeOfPull(one, answers.get(one.name) ?? "no answer"));
  return changes.find((change) => change !== undefined && "stuck" in change) ?? changes.find(Boolean);
}

function changeOfPull({ name, commit }: Followed, answer: Answer): Change | undefined {
  if (answer === "no answer" || answer === "not found") {
    const why =
      answer === "no answer" ? "didn't answer about it" : "has no such pull request, or its token can't see it";
    return { stuck: `depends on ${name}: the code host ${why}` };
  }
  if (answer.state === "closed") {
    return answer.merged
      ? { moved: `${name} is merged` }
      : {
          stuck: `depends on ${name}, which was closed without being merged: name another pull request, or remove this one`,
        };
  }
  if (answer.headSha === commit) {
    return undefined;
  }
  return answer.fork
    ? { stuck: `depends on ${name}, which comes from a fork: its commits are never taken` }
    : { moved: `${name} has moved: deployed ${shortCommit(commit)}, head ${shortCommit(answer.headSha)}` };
}

/** From this many pull requests of a repository on, the list of its open ones costs fewer requests. */
const many = 4;

/**
 * Asks about the pull requests that previews follow: of each repository the open ones at once, and those that aren't among them one
 * by one. A failure is reported and counts as "no answer".
 *
 * @returns by name, `myorg/backend#515`
 */
export async function answersAbout(
  followed: readonly Followed[],
  otherCodeHost: (repository: string) => CodeHost,
  report: (message: string) => void,
): Promise<Map<string, Answer>> {
  const failed = (error: unknown) => {
    report((error as Error).message);
    return "no answer" as const;
  };
  const byRepository = Object.entries(Object.groupBy(followed, ({ repository }) => repository));
  const asked = byRepository.map(async ([repository, of = []]): Promise<[string, Answer][]> => {
    const pulls = new Map(of.map((one) => [one.name, one.pull]));
    try {
      const host = otherCodeHost(repository);
      const open = pulls.size < many ? [] : await host.openPullRequests().catch(() => []);
      const listed = new Map(open.map((one) => [one.number, one]));
      return await Promise.all(
        [...pulls].map(async ([name, pull]): Promise<[string, Answer]> => [
          name,
          listed.get(pull) ?? (await host.pullRequest(pull).catch(failed)) ?? "not found",
        ]),
      );
    } catch (error) {
      return [...pulls.keys()].map((name) => [name, failed(error)]);
    }
  });
  return new Map((await Promise.all(asked)).flat());
}
