import { deployedCommit, expiryFrom, type LifecycleRecord } from "../../contract";
import { latest } from "../clocks";
import { deployed, type Deployed } from "../deployed";
import { placeOf } from "../identity";
import { note } from "../namespace";
import { takeScreenshots } from "../screenshots";
import { parseProduct, type Product } from "../verify/product";
import { Target } from "../verify/target";
import { verify } from "../verify/verify";
import { inside } from "../verify/view";
import { newestServes } from "../workloads";
import type { Stopwatch } from "./stopwatch";
import type { UpOptions, UpResult } from "./up";

/** Waits, without the lock, until the update that was made serves, and notes down what it was. */
export async function finish(options: UpOptions, before: LifecycleRecord, phases: Stopwatch): Promise<UpResult> {
  const { context, identity, report, product, screenshots: folder } = options;
  const place = placeOf(identity);
  const preview = await deployed(context, identity.owner.pullRequest, identity.kubeContext);
  const expires = expiryFrom(latest(new Date(), options.codeHost?.now()), identity.ttlDays);
  const sha = deployedCommit(options.sha, before, preview.images);
  await note(place, { sha, ...preview.images, expires });
  const up = { outcome: "up" as const, preview, asleep: before.asleep };
  if (before.asleep) {
    return { ...up, seconds: phases.seconds };
  }
  await phases.time("serving", () => newestServes({ place, url: preview.url, report, signal: options.signal }));
  const checks = product && (await phases.time("checks", async () => verify(await targetOf(preview, product))));
  options.signal?.throwIfAborted();
  const screenshots =
    folder === undefined ? undefined : await phases.time("screenshots", () => screenshotsOf(options, preview, folder));
  return { ...up, checks, screenshots, seconds: phases.seconds };
}

const targetOf = async (preview: Deployed, product: Product) => new Target({ product, ...(await inside(preview)) });

/** A preview without pictures is one all the same: what keeps them from being taken is only told. */
async function screenshotsOf(options: UpOptions, preview: Deployed, folder: string): Promise<string[]> {
  const { codeHost, identity, report, signal, product = parseProduct({}, "defaults") } = options;
  try {
    const pullRequest = await codeHost?.pullRequest(identity.owner.pullRequest);
    if (pullRequest?.fork === true) {
      report("no screenshots: a fork's pages aren't opened where there are secrets");
      return [];
    }
    return await takeScreenshots(await targetOf(preview, product), { folder, apiUrl: preview.apiUrl, report, signal });
  } catch (error) {
    report((error as Error).message);
    return [];
  }
}
