import { interruption } from "../interruption";
import { declare, existingPreview } from "../declared";
import { report, reportingProject } from "../project";
import { handBack, newestServes, startAtOnce, stopAgain } from "../workloads";
import { lockOptionsOf } from "./lock-options";

/** Scales a preview to nothing. Its data, its secrets and its host stay, and updates leave it asleep. */
export async function sleep(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  await declare(preview, { asleep: true }, lockOptionsOf(preview));
  console.log(`${preview.origin} is asleep; preview wake ${pullRequest} brings it back`);
}

/** Brings a sleeping preview back, as it was, and waits until it serves. */
export async function wake(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  const { place, origin: url } = preview;
  const begin = (signal: AbortSignal) => startAtOnce(place, report, signal);
  try {
    await declare(preview, { asleep: false }, lockOptionsOf(preview), begin);
  } catch (error) {
    if (preview.asleep) {
      await stopAgain(place, report);
    }
    throw error;
  }
  await handBack(place, report);
  await newestServes({ place, url, report, signal: interruption });
  console.log(`preview ready: ${url}`);
}
