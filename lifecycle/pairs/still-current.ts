import { dependencyText, type Pair } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import { PairMoved } from "./errors";

/**
 * Asks once more, under the stack's lock, since the wait for it may have been long.
 *
 * @throws PairMoved if a pull request of the pair has another head or was closed
 */
export async function refuseMoved(pair: Pair, otherCodeHost: (repository: string) => CodeHost): Promise<void> {
  const followed = new Map(
    Object.values(pair).flatMap((one) =>
      "pull" in one.ref && one.merged !== true ? [[dependencyText(one), { ...one, pull: one.ref.pull }] as const] : [],
    ),
  );
  await Promise.all(
    [...followed].map(async ([name, { repository, pull, commit }]) => {
      const found = await otherCodeHost(repository).pullRequest(pull);
      if (found?.state !== "open" || found.headSha !== commit) {
        throw new PairMoved(`${name} has moved on meanwhile`);
      }
    }),
  );
}
