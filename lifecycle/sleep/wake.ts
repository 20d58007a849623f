import { partsIn } from "../../contract";
import { deploymentOf } from "../../clients/pulumi/deployment";
import { change } from "../change";
import { placeOf } from "../inventory/identity";
import type { ExistingPreview } from "../inventory/preview";
import { lockOptionsOf } from "../lock-options";
import { waitForNewestRevision } from "../wait-for-newest-revision";
import { recordDeployment } from "../record-deployment";
import { releaseReplicas, startAtOnce, stopAgain } from "./start-at-once";

/**
 * Wakes a sleeping preview and waits until it serves.
 *
 * @returns `asleep` if another run has put it to sleep again meanwhile
 */
export async function wake(preview: ExistingPreview): Promise<"awake" | "asleep"> {
  const { context, stack, identity } = preview;
  const { report, interruption: signal, run } = context;
  const place = placeOf(identity);
  const parts = partsIn(preview.deployment.outputs);
  const starting = startAtOnce(place, parts, report);
  try {
    await change(preview, { asleep: "false" }, lockOptionsOf(preview)).finally(() => starting);
  } catch (error) {
    if (await isAsleep(preview)) {
      await stopAgain(place, parts, report);
    }
    throw error;
  }
  try {
    const served = { place, url: identity.names.origin, parts, isPublic: run.isWorkflow, report, signal };
    await Promise.all([
      recordDeployment(context, stack, place, () => ({})),
      releaseReplicas(place, parts, report).then(() => waitForNewestRevision(served)),
    ]);
  } catch (error) {
    if (signal.aborted || !(await isAsleep(preview))) {
      throw error;
    }
    return "asleep";
  }
  return "awake";
}

const isAsleep = async ({ context, stack, asleep }: ExistingPreview): Promise<boolean> =>
  (await deploymentOf(context, stack)).record?.asleep ?? asleep;
