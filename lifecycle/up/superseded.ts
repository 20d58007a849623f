import { isDeepStrictEqual } from "node:util";
import { type DeploymentRecord, digestOf, isEncrypted, keptPaths, withoutPaths } from "../../contract";
import { deploymentOf } from "../deployment";
import type { PulumiContext } from "../pulumi";
import { isRemoved } from "../stack";
import type { Progress } from "./up";

type Ordered = Pick<Progress, "composition" | "commit">;

/** Whether what is deployed is what this run was to deploy: another one may have come after it. */
export function isOwn(record: DeploymentRecord | undefined, { composition: { leaves }, commit }: Ordered): boolean {
  if (record === undefined) {
    return false;
  }
  // Who has composed a shared secret knows it encrypted alone.
  const encrypted = Object.keys(leaves).filter((path) => isEncrypted(leaves[path]));
  const [ordered, deployed] = [leaves, record.settings].map((all) =>
    withoutPaths(all, [...Object.values(keptPaths), ...encrypted]),
  );
  return (
    isDeepStrictEqual(ordered, deployed) &&
    (commit === undefined || record.commit === commit) &&
    (leaves.asleep === undefined || record.asleep === (leaves.asleep === "true"))
  );
}

/** Whether another run has deployed something else than what this one has seen last or was to deploy, or has closed the preview. */
export async function hasSuperseded(
  context: PulumiContext,
  stack: string,
  progress: Pick<Progress, "composition" | "commit" | "seen">,
): Promise<boolean> {
  try {
    const { record } = await deploymentOf(context, stack);
    return digestOf(record) !== digestOf(progress.seen) && !isOwn(record, progress);
  } catch (error) {
    if (isRemoved(error, stack)) {
      return true;
    }
    throw error;
  }
}
