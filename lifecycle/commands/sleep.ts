import { interruption } from "../interruption";
import { declare, existingPreview, type ExistingPreview } from "../declared";
import { report, reportingProject } from "../project";
import { newestServes } from "../workloads";
import { lockOptions } from "./lock-options";
import { codeHostFor } from "./up";

/** Scales a preview to nothing. Its data, its secrets and its host stay, and updates leave it asleep. */
export async function sleep(pullRequest: number): Promise<void> {
  const { origin } = await change(pullRequest, true);
  console.log(`${origin} is asleep; preview wake ${pullRequest} brings it back`);
}

/** Brings a sleeping preview back, as it was, and waits until it serves. */
export async function wake(pullRequest: number): Promise<void> {
  const { place, origin: url } = await change(pullRequest, false);
  await newestServes({ place, url, report, signal: interruption });
  console.log(`preview ready: ${url}`);
}

async function change(pullRequest: number, asleep: boolean): Promise<ExistingPreview> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  const { context, stack, repository } = preview;
  await declare(preview, { asleep }, lockOptions(context, stack, codeHostFor(repository)));
  return preview;
}
