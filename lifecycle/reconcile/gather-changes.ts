import { isDeepStrictEqual } from "node:util";
import { dependencyText, type Pair, shortCommit, UserError } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import type { Found } from "../inventory/found";
import { answersAbout, type Change, changeOf, followedIn, NotBuilt } from "../pairs";
import { pairForUp } from "../up";
import type { Workspace } from "../workspace";

/** Whether all sources have answered, and what previews' pairs have come to, by pull request. */
export interface Changes {
  readonly changes: ReadonlyMap<number, Change>;
  readonly isComplete: boolean;
}

const pairIn = ({ foreign, namespace }: Found): Pair | undefined =>
  foreign === undefined && namespace?.terminating === false ? namespace.record.pair : undefined;

/** Compares the pull requests that previews' pairs follow with what is deployed. */
export async function gatherChanges({ otherCodeHost, report }: Workspace, found: readonly Found[]): Promise<Changes> {
  const followed = found.flatMap((one) => followedIn(pairIn(one)));
  const answers = await answersAbout(followed, otherCodeHost, report);
  const changes = found.flatMap((one): [number, Change][] => {
    const change = changeOf(pairIn(one), answers);
    return change === undefined ? [] : [[one.pullRequest, change]];
  });
  return { changes: new Map(changes), isComplete: ![...answers.values()].includes("no answer") };
}

/**
 * Resolves one preview's pair anew, manifest and description included, and compares it with what is deployed. An image that isn't
 * built yet counts as moved: the update waits for it.
 */
export async function resolveChange(workspace: Workspace, codeHost: CodeHost, found: Found): Promise<Changes> {
  const { sha, images = {}, pair = {} } = found.namespace?.record ?? {};
  const pullRequest = sha === undefined ? undefined : await codeHost.pullRequest(found.pullRequest);
  if (pullRequest?.state !== "open" || pullRequest.fork) {
    return { changes: new Map(), isComplete: true };
  }
  const own = Object.keys(images).filter((part) => !(part in pair));
  const options = { settings: {}, images: own, sha, waits: false };
  const change = await pairForUp(workspace, codeHost, pullRequest, options).then(
    ({ pair: now }): Change | undefined =>
      isDeepStrictEqual(now, pair) ? undefined : { moved: `paired with ${textOf(now)} now` },
    (error: unknown): Change => {
      if (error instanceof NotBuilt) {
        return { moved: error.message };
      }
      if (error instanceof UserError) {
        return { stuck: error.message };
      }
      throw error;
    },
  );
  return { changes: new Map(change && [[found.pullRequest, change]]), isComplete: true };
}

const textOf = (pair: Pair) =>
  [...new Set(Object.values(pair).map((one) => `${dependencyText(one)} at ${shortCommit(one.commit)}`))].join(", ") ||
  "nothing";
