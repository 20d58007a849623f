import { isDeepStrictEqual } from "node:util";
import type { DeploymentRecord } from "../../contract";
import { deploymentOf } from "../../clients/pulumi/deployment";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { isRemoved } from "../../clients/pulumi/stacks";

/** What has become of the deployment that a run saw last. */
export type Standing = "awake" | "asleep" | "superseded" | "closed";

/**
 * Whether another run has since deployed something else, closed the preview, or put it to sleep.
 *
 * @param seen what was deployed when this run last looked
 * @param update the id of this run's own update since then, if there was one
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

/** Whether two updates deployed the same, awake or asleep. */
export function isSameButForSleep(one: DeploymentRecord | undefined, other: DeploymentRecord | undefined): boolean {
  const [deployed, before] = [one, other].map((record) => record && { ...record, update: "", asleep: false });
  return isDeepStrictEqual(deployed, before);
}

/** Why a run steps aside for another one. */
export const reasonToLeave = (standing: "superseded" | "closed", stack: string): string =>
  standing === "superseded"
    ? `another run has changed ${stack} meanwhile`
    : `another run has closed ${stack} meanwhile`;
