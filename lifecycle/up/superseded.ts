import { isDeepStrictEqual } from "node:util";
import { type DeploymentRecord, digestOf, isEncrypted, keptPaths, withoutPaths } from "../../contract";
import { deploymentOf } from "../deployment";
import type { PulumiContext } from "../pulumi";
import { isRemoved } from "../stack";
import type { Progress } from "./up";

type Ordered = Pick<Progress, "composition" | "commit">;

/** Whether what is deployed is what this run was to deploy, perhaps put to sleep or woken since. */
export function isOwn(record: DeploymentRecord | undefined, { composition: { leaves }, commit }: Ordered): boolean {
  if (record === undefined) {
    return false;
  }
  // Who has composed a shared secret knows it encrypted alone.
  const encrypted = Object.keys(leaves).filter((path) => isEncrypted(leaves[path]));
  const [ordered, deployed] = [leaves, record.settings].map((all) =>
    withoutPaths(all, [...Object.values(keptPaths), ...encrypted]),
  );
  return isDeepStrictEqual(ordered, deployed) && (commit === undefined || record.commit === commit);
}

/** What there is by now of what a run has seen last, or was to deploy. */
export type Standing = "awake" | "asleep" | "superseded" | "closed";

/** Whether another run has deployed something else since, or has closed the preview, or has put it to sleep. */
export async function standingOf(
  context: PulumiContext,
  stack: string,
  progress: Pick<Progress, "composition" | "commit" | "seen">,
): Promise<Standing> {
  try {
    const { record } = await deploymentOf(context, stack);
    const isKnown = digestOf(record) === digestOf(progress.seen) || isOwn(record, progress);
    return !isKnown ? "superseded" : record?.asleep === true ? "asleep" : "awake";
  } catch (error) {
    if (isRemoved(error, stack)) {
      return "closed";
    }
    throw error;
  }
}

/** Why a run steps aside after another one has been at work. */
export const reasonToLeave = (standing: "superseded" | "closed", stack: string): string =>
  standing === "superseded"
    ? `another run has changed ${stack} since`
    : `another run has closed ${stack} since it was updated`;
