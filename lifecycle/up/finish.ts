import { expiryFrom } from "../../contract";
import { latest } from "../clocks";
import { type Deployed, deployedFrom } from "../inventory/deployed";
import { placeOf } from "../inventory/identity";
import { recordDeployment } from "../record-deployment";
import { takeScreenshots } from "../../verify/screenshots/screenshots";
import { stackName } from "../../clients/pulumi/stacks";
import { parseProduct, type Product } from "../../verify/product";
import { Target } from "../../verify/target";
import { verify } from "../../verify/run-checks";
import { inside } from "../../verify/view";
import { isServerError } from "../../clients/http/serving";
import { serverErrors } from "../../clients/kubernetes/rollout/server-errors";
import { waitForNewestRevision } from "../wait-for-newest-revision";
import { refuseDeleted } from "./closed-meanwhile";
import type { Stopwatch } from "./stopwatch";
import { reasonToLeave, standingOf } from "./superseded";
import type { Progress, UpOptions, UpResult } from "./options";

/**
 * Waits, without the lock, until the update serves, and records it on the namespace. Steps aside if another run changes the
 * preview meanwhile.
 */
export async function finish(options: UpOptions, progress: Progress, phases: Stopwatch): Promise<UpResult> {
  const { context, pullRequest, report, product, screenshots: folder } = options;
  const stack = stackName(pullRequest);
  const place = placeOf(progress.identity);
  const deployment = await recordDeployment(context, stack, place, ({ record }) => {
    if (record.update !== progress.update) {
      return undefined;
    }
    progress.seen = record;
    return { expires: expiryFrom(latest(new Date(), options.codeHost?.now()), progress.identity.ttlDays) };
  });
  if (deployment === undefined) {
    return { outcome: "stepped aside", reason: reasonToLeave("superseded", stack) };
  }
  const { parts, policies, ...preview } = deployedFrom(deployment, pullRequest, progress.identity.kubeContext);
  const up = { outcome: "up" as const, preview, asleep: deployment.record.asleep, seconds: phases.seconds };
  progress.deployed = up;
  if (up.asleep) {
    return up;
  }
  const isPublic = context.run.isWorkflow;
  const api = await phases.time("serving", () =>
    waitForNewestRevision({ place, url: preview.url, parts, isPublic, report, signal: options.signal }),
  );
  tellOtherProduct(options, progress.identity);
  const target = product && (await targetOf(options, { ...preview, parts, policies }, product));
  const checks = target && (await phases.time("checks", () => verify(target)));
  const failing = new Set([
    ...(isServerError(api) ? [`/api/ ${api.said}`] : []),
    ...(checks?.ok === false ? target!.failing : []),
  ]);
  if (failing.size > 0) {
    const errors = await serverErrors({ place, parts, isPublic });
    report(`${preview.url} answers with errors: ${[...failing].slice(0, 3).join(", ")}\n${errors}`.trimEnd());
  }
  const left = async (): Promise<UpResult | undefined> => {
    const standing = await standingOf(context, stack, progress);
    if (standing === "superseded" || standing === "closed") {
      return { outcome: "stepped aside", reason: reasonToLeave(standing, stack) };
    }
    return standing === "asleep" ? { ...up, asleep: true } : undefined;
  };
  const meanwhile = await left();
  if (meanwhile !== undefined || folder === undefined) {
    await refuseDeleted(place);
    return meanwhile ?? { ...up, checks };
  }
  const screenshots = await phases.time("screenshots", () =>
    screenshotsOf(options, { ...preview, parts, policies }, folder),
  );
  await refuseDeleted(place);
  return (await left()) ?? { ...up, checks, screenshots };
}

/** Anyone who adopts this begins with the reference product's file. */
function tellOtherProduct({ product, report }: UpOptions, { owner }: Progress["identity"]): void {
  if (product?.product !== undefined && product.product !== owner.product) {
    report(
      `preview-verify.yaml is about the product ${product.product}, and this is a preview of ${owner.product}: what the ` +
        "contract check finds is wrong until the file is about yours",
    );
  }
}

const targetOf = async ({ signal }: UpOptions, preview: Deployed, product: Product) =>
  new Target({ product, signal, ...(await inside(preview)) });

/** Screenshots are optional: a failure is only reported. */
async function screenshotsOf(options: UpOptions, preview: Deployed, folder: string): Promise<string[]> {
  const { codeHost, pullRequest: number, report, signal, product = parseProduct({}, "defaults") } = options;
  try {
    const pullRequest = await codeHost?.pullRequest(number);
    if (pullRequest?.fork === true) {
      report("no screenshots: pages of a pull request from a fork aren't opened where there are secrets");
      return [];
    }
    return await takeScreenshots(await targetOf(options, preview, product), {
      folder,
      apiUrl: preview.apiUrl,
      report,
      signal,
    });
  } catch (error) {
    report((error as Error).message);
    return [];
  }
}
