import { isDeepStrictEqual } from "node:util";
import type { DeploymentRecord } from "../../contract";
import { deploymentOf } from "../../clients/pulumi/deployment";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { isRemoved } from "../../clients/pulumi/stacks";

/** What there is by now of what a run has seen last. */
export type Standing = "awake" | "asleep" | "superseded" | "closed";

/**
 * Whether another run has deployed something else since, or has closed the preview, or has put it to sleep.
 *
 * @param seen what was deployed when this one looked last @param update the id of its own update since, if it has made one
 */
export async function standingOf(
  context: PulumiContext,
  stack: string,
  { seen, update }: { readonly seen?: DeploymentRecord; readonly update?: string },
): Promise<Standing> {
  try {
    const { record } = await deploymentOf(context, stack);
    const isOwn = update !== undefined && record?.update === update;
    return !isOwn && !isSameButForSleep(record, seen) ? "superseded" : record?.asleep === true ? "asleep" : "awake";
  } catch (error) {
    if (isRemoved(error, stack)) {
      return "closed";
    }
    throw error;
  }
}

/** Whether two updates have deployed the same, awake or asleep. */
export function isSameButForSleep(one: DeploymentRecord | undefined, other: DeploymentRecord | undefined): boolean {
  const [deployed, before] = [one, other].map((record) => record && { ...record, update: "", asleep: false });
  return isDeepStrictEqual(deployed, before);
}

/** Why a run steps aside after another one has been at work. */
export const reasonToLeave = (standing: "superseded" | "closed", stack: string): string =>
  standing === "superseded"
    ? `another run has changed ${stack} since`
    : `another run has closed ${stack} since it was updated`;
