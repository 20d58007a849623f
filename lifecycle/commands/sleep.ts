import { declare, existingPreview } from "../declared";
import { httpClient } from "../http-client";
import { report, reportingProject } from "../project";
import { serving } from "../serving";

/** Scales a preview to nothing. Its data, its secrets and its host stay, and updates leave it asleep. */
export async function sleep(pullRequest: number): Promise<void> {
  console.log(`${await change(pullRequest, true)} is asleep; preview wake ${pullRequest} brings it back`);
}

/** Brings a sleeping preview back, as it was, and waits until it serves. */
export async function wake(pullRequest: number): Promise<void> {
  const url = await change(pullRequest, false);
  await serving(url, { dispatcher: httpClient(), report });
  console.log(`preview ready: ${url}`);
}

async function change(pullRequest: number, asleep: boolean): Promise<string> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  await declare(preview, { asleep }, { report });
  return preview.origin;
}
