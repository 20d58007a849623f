import { keptPaths, UserError } from "../../contract";
import { findNamespace } from "../../clients/kubernetes/namespace";
import { deployedGeneration } from "../../clients/kubernetes/generation";
import { reportKilled } from "../../clients/kubernetes/rollout/killed";
import type { Deployment } from "../../clients/pulumi/deployment";
import { projectName } from "../../clients/pulumi/project-name";
import { isRemoved, stackName } from "../../clients/pulumi/stacks";
import { applyComposition, underLock } from "../change";
import { compose, refuseInvalid, type Sources, sourcesOf, withGeneration, withoutDatabase } from "../desired";
import { refuseEdited, refuseMoved } from "../pairs";
import { restoreRights } from "../drift";
import { identityFrom, placeOf } from "../inventory/identity";
import { refuseOtherCluster } from "../inventory/preview";
import { zoneOf } from "../workspace";
import { isClosed } from "./closed-meanwhile";
import { finish } from "./finish";
import type { Progress, UpOptions, UpResult } from "./options";
import { refuseOtherImages } from "./refuse-other-images";
import { repair } from "./repair-before";
import { waitForFormerNamespace } from "./former-namespace";
import { lookAtPullRequest } from "./step-aside";
import { Stopwatch } from "./stopwatch";
import { reasonToLeave, standingOf } from "./superseded";

/**
 * Deploys a pull request's preview, unless the pull request has been closed or has moved on, or another run has changed the
 * preview meanwhile.
 *
 * @throws UserError that says what failed
 */
export async function upPreview(options: UpOptions): Promise<UpResult> {
  const { context, pullRequest, signal } = options;
  const stack = stackName(pullRequest);
  const phases = new Stopwatch();
  if (options.replaceDatabase === true) {
    options.report("replacing the database with an empty one: its data is lost");
  }
  let progress: Progress | undefined;
  const ended = new AbortController();
  let watching: Promise<void> | undefined;
  try {
    const late = await underLock(
      context,
      stack,
      async (deployment, report) => {
        // Again, since the wait for the lock may have been long.
        const { reason, found } = await phases.time("code host", () =>
          lookAtPullRequest({ ...options, run: context.run.reference }),
        );
        if (reason === undefined) {
          refuseEdited(options.description, found);
          await phases.time("code host", () => refuseMoved(options.pair, context.otherCodeHost));
          const sources = await sourcesOf({ ...options, stack, deployment });
          progress = await phases.time("cluster", () => look({ ...options, report }, sources, deployment));
          watching ??= reportKilled(placeOf(progress.identity), options.report, ended.signal);
          progress.update = await deploy({ ...options, report }, sources, deployment, progress, phases);
        }
        return reason;
      },
      options,
    );
    return late === undefined ? await finish(options, progress!, phases) : { outcome: "stepped aside", reason: late };
  } catch (error) {
    // Not after Ctrl-C, nor after an error of our own.
    const canTell = signal?.aborted !== true && error instanceof UserError;
    const hasBegun = progress !== undefined && (progress.update !== undefined || !isRemoved(error, stack));
    const result = canTell && hasBegun && (await resultAfterwards(options, progress!).catch(() => undefined));
    if (result) {
      return result;
    }
    throw error;
  } finally {
    ended.abort();
    await watching;
  }
}

/** Checks the settings; finds out where the preview is and what to deploy; waits for a former namespace's deletion, and refuses another cluster. */
async function look(options: UpOptions, sources: Sources, deployment: Deployment): Promise<Progress> {
  const { context, pullRequest, report, signal, replaceDatabase = false } = options;
  const project = projectName(context);
  const { leaves: given } = compose(withoutDatabase(sources));
  refuseInvalid(sources.stack, project, given);
  const identity = identityFrom(project, pullRequest, given);
  await refuseOtherCluster(identity, deployment);
  const place = placeOf(identity);
  await waitForFormerNamespace(place, identity, report, signal);
  await restoreRights(place, deployment.state, report);
  const composition = compose(await withGeneration(sources, place));
  refuseOtherImages(options.images, composition.leaves);
  const { record } = deployment;
  if (!replaceDatabase) {
    return { identity, composition, seen: record };
  }
  const generation = ((await deployedGeneration(place)) ?? 0) + 1;
  const leaves = { ...composition.leaves, [keptPaths.generation]: generation };
  return { identity, composition: { ...composition, leaves }, seen: record };
}

async function deploy(
  options: UpOptions,
  { stack, file }: Sources,
  deployment: Deployment,
  { identity, composition }: Progress,
  phases: Stopwatch,
): Promise<string> {
  const { context, report, usesFile, sha, pair } = options;
  const place = placeOf(identity);
  const namespace = await findNamespace(place);
  const dns = zoneOf(context, identity);
  const exists = namespace !== undefined;
  const state = await phases.time("repair", () => repair({ context, identity, dns, report }, deployment.state, exists));
  return phases.time("update", () =>
    applyComposition({
      context,
      stack,
      place,
      report,
      deployment,
      state,
      composition,
      file,
      usesFile,
      commit: sha,
      pair,
    }),
  );
}

/** The result of a run that failed, or whose preview doesn't serve, because of another run; undefined if it wasn't that. */
async function resultAfterwards(options: UpOptions, progress: Progress): Promise<UpResult | undefined> {
  const { context, pullRequest } = options;
  const { deployed, identity } = progress;
  const stack = stackName(pullRequest);
  const standing = await standingOf(context, stack, progress);
  if (standing === "asleep") {
    return deployed && { ...deployed, asleep: true };
  }
  if (standing === "awake" && (deployed === undefined || !(await isClosed(options, identity)))) {
    return undefined;
  }
  return { outcome: "stepped aside", reason: reasonToLeave(standing === "awake" ? "closed" : standing, stack) };
}
