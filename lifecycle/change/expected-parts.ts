import { type Leaves, type Outputs, type Part, partList, partsIn, SettingsError } from "../../contract";
import { parseLeaves } from "../desired";

/**
 * The parts that an update to these settings makes, by which its waits and failures are explained. Where the settings are invalid
 * those of the last update: the program then refuses the new ones, and no workload begins.
 *
 * @param outputs the last update's
 */
export function expectedParts(
  stack: string,
  project: string,
  leaves: Leaves,
  outputs: Pick<Partial<Outputs>, "parts">,
): readonly Part[] {
  try {
    return partList(parseLeaves(stack, project, leaves).parts);
  } catch (error) {
    if (error instanceof SettingsError) {
      return partsIn(outputs);
    }
    throw error;
  }
}
