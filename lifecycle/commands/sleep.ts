import { UserError } from "../../contract";
import { deployed } from "../deployed";
import { httpClient } from "../http-client";
import { identityOf } from "../identity";
import { withLock } from "../lock";
import { findNamespace } from "../namespace";
import { report, reportingProject } from "../project";
import { serving } from "../serving";
import { configure, recallConfiguration, stackName, up } from "../stack";
import { note } from "../up";

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

/** Both the program's setting, which scales, and the note by which the next run knows of it. */
async function change(pullRequest: number, asleep: boolean): Promise<string> {
  const context = reportingProject();
  const stack = stackName(pullRequest);
  await recallConfiguration(context, stack);
  const { kubeContext, names } = await identityOf(context, pullRequest);
  const place = { kubeContext, namespace: names.namespace };
  if ((await findNamespace(place)) === undefined) {
    throw new UserError(
      `${names.namespace} isn't in the cluster of ${kubeContext}; preview up ${pullRequest} makes it`,
    );
  }
  await note(place, { asleep });
  await configure(context, stack, { asleep: String(asleep) });
  await withLock(context, stack, () => up(context, stack), { report });
  return (await deployed(context, pullRequest)).url;
}
