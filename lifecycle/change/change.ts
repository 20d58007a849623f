import type { Leaves } from "../../contract";
import type { Composition } from "../../clients/pulumi/configuration/write-composition";
import { compose, sourcesOf, withGeneration, withoutDatabase } from "../desired";
import type { Deployment } from "../../clients/pulumi/deployment";
import { restoreRights } from "../drift";
import { identityFrom, placeOf } from "../inventory/identity";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import { refuseOtherCluster } from "../inventory/preview";
import { projectName } from "../../clients/pulumi/project-name";
import { applyComposition } from "./apply-composition";
import { underLock } from "./under-lock";
import type { ProjectRun } from "../workspace";

/** The stack to change. */
export interface Changed {
  readonly context: ProjectRun;
  readonly stack: string;
  readonly pullRequest: number;
  /** Whether the backend has the stack `preview`. */
  readonly hasShared: boolean;
  /** What was deployed a moment ago, if the cluster was checked, too. @default both are checked */
  readonly deployment?: Deployment;
  /** Whether to read this checkout's file, and to write what was deployed to it. @default false */
  readonly usesFile?: boolean;
}

/**
 * Changes some settings of a preview and updates it. A change that is cancelled, refused or fails leaves the settings as they were.
 *
 * @param given the settings by path; a function is called once the lock is free
 * @returns the composition that was deployed
 */
export async function change(
  changed: Changed,
  given: Leaves | (() => Promise<Leaves>),
  options: LockOptions,
): Promise<Composition> {
  const { context, stack, pullRequest, hasShared, usesFile = false, deployment: known } = changed;
  return underLock(
    context,
    stack,
    async (deployment, report) => {
      const sources = await sourcesOf({
        context,
        stack,
        hasShared,
        deployment,
        usesFile,
        given: typeof given === "function" ? await given() : given,
      });
      const identity = identityFrom(projectName(context), pullRequest, compose(withoutDatabase(sources)).leaves);
      if (deployment !== known) {
        await refuseOtherCluster(identity, deployment);
      }
      const place = placeOf(identity);
      await restoreRights(place, deployment.state, report);
      const composition = compose(await withGeneration(sources, place));
      await applyComposition({
        context,
        stack,
        place,
        report,
        deployment,
        composition,
        file: sources.file,
        usesFile,
      });
      return composition;
    },
    options,
    known,
  );
}
