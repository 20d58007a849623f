import { interruption } from "../interruption";
import { change } from "../../lifecycle/change";
import { placeOf } from "../../lifecycle/inventory/identity";
import { deploymentOf } from "../../clients/pulumi/deployment";
import { type ExistingPreview, existingPreview } from "../../lifecycle/inventory/preview";
import { print } from "../output/print";
import { report, reportingProject } from "../project";
import { noteDeployed } from "../../lifecycle/note-deployed";
import { handBack, newestServes, startAtOnce, stopAgain } from "../../lifecycle/workloads";
import { lockOptionsOf } from "../lock-options";

/** Scales a preview to nothing. Its data, its secrets and its host stay, and updates leave it asleep. */
export async function sleep(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  await change(preview, { asleep: "true" }, lockOptionsOf(preview));
  await noteDeployed(preview.context, preview.stack, placeOf(preview.identity), () => ({}));
  print(`${preview.identity.names.origin} is asleep; preview wake ${pullRequest} brings it back`);
}

/** Brings a sleeping preview back, as it was, and waits until it serves. */
export async function wake(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  const place = placeOf(preview.identity);
  const url = preview.identity.names.origin;
  const starting = startAtOnce(place, report);
  try {
    await change(preview, { asleep: "false" }, lockOptionsOf(preview)).finally(() => starting);
  } catch (error) {
    if (await isAsleep(preview)) {
      await stopAgain(place, report);
    }
    throw error;
  }
  try {
    await Promise.all([
      noteDeployed(preview.context, preview.stack, place, () => ({})),
      handBack(place, report).then(() => newestServes({ place, url, report, signal: interruption })),
    ]);
  } catch (error) {
    if (interruption.aborted || !(await isAsleep(preview))) {
      throw error;
    }
    print(`${url} was put to sleep again by another run`);
    return;
  }
  print(`preview ready: ${url}`);
}

const isAsleep = async ({ context, stack, asleep }: ExistingPreview): Promise<boolean> =>
  (await deploymentOf(context, stack)).record?.asleep ?? asleep;
