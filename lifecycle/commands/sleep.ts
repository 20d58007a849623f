import { interruption } from "../interruption";
import { change } from "../change";
import { placeOf } from "../identity";
import { existingPreview } from "../preview";
import { report, reportingProject } from "../project";
import { note } from "../namespace";
import { handBack, newestServes, startAtOnce, stopAgain } from "../workloads";
import { lockOptionsOf } from "./lock-options";

/** Scales a preview to nothing. Its data, its secrets and its host stay, and updates leave it asleep. */
export async function sleep(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  await change(preview, { asleep: "true" }, lockOptionsOf(preview));
  await note(placeOf(preview.identity), { asleep: true });
  console.log(`${preview.identity.names.origin} is asleep; preview wake ${pullRequest} brings it back`);
}

/** Brings a sleeping preview back, as it was, and waits until it serves. */
export async function wake(pullRequest: number): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  const place = placeOf(preview.identity);
  const url = preview.identity.names.origin;
  const updated = new AbortController();
  const starting = startAtOnce(place, report, updated.signal);
  try {
    await change(preview, { asleep: "false" }, lockOptionsOf(preview)).finally(() => {
      updated.abort();
      return starting;
    });
  } catch (error) {
    if (preview.asleep) {
      await stopAgain(place, report);
    }
    throw error;
  }
  await note(place, { asleep: false });
  await handBack(place, report);
  await newestServes({ place, url, report, signal: interruption });
  console.log(`preview ready: ${url}`);
}
