import type { Pair } from "../../contract";
import type { CodeHost, PullRequest } from "../../clients/code-host";
import { PairMoved } from "./errors";
import { followedIn } from "./followed";

/**
 * A pair that was resolved before another run deployed what an edited description names must not take its place.
 *
 * @param description what the pair was resolved with; undefined if it doesn't count
 * @param found the pull request now
 * @throws PairMoved if it was edited since
 */
export function refuseEdited(description: string | undefined, found: PullRequest | undefined): void {
  if (description !== undefined && found !== undefined && found.body !== description) {
    throw new PairMoved(`the description of pull request ${found.number} was edited meanwhile`);
  }
}

/**
 * Asks once more, under the stack's lock, since the wait for it may have been long.
 *
 * @throws PairMoved if a pull request of the pair has another head or was closed
 */
export async function refuseMoved(pair: Pair, otherCodeHost: (repository: string) => CodeHost): Promise<void> {
  await Promise.all(
    followedIn(pair).map(async ({ repository, pull, commit, name }) => {
      const found = await otherCodeHost(repository).pullRequest(pull);
      if (found?.state !== "open" || found.headSha !== commit) {
        throw new PairMoved(`${name} has moved on meanwhile`);
      }
    }),
  );
}
