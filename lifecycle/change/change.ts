import type { Leaves } from "../../contract";
import type { Composition } from "../../clients/pulumi/configuration/hand-over";
import { compose, sourcesOf, withGeneration, withoutDatabase } from "../desired";
import type { Deployment } from "../../clients/pulumi/deployment";
import { restoreRights } from "../drift";
import { identityFrom, placeOf } from "../inventory/identity";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import { refuseOtherCluster } from "../inventory/preview";
import { projectName } from "../../clients/pulumi/project-name";
import { bring } from "./bring";
import { inTurn } from "./in-turn";
import type { ProjectRun } from "../workspace";

/** The stack to change. */
export interface Changed {
  readonly context: ProjectRun;
  readonly stack: string;
  readonly pullRequest: number;
  /** Whether the backend has the stack `preview`. */
  readonly hasShared: boolean;
  /** What was deployed a moment ago, in the cluster that the context leads to. @default both are looked at */
  readonly deployment?: Deployment;
  /** Whether this checkout's file says something about it, and shows afterwards what was deployed. @default false */
  readonly usesFile?: boolean;
}

/**
 * Sets settings of a preview and brings it to them; all others stay. One that is cancelled, refused or fails has changed none.
 *
 * @param given the settings by their path; a function is asked when it is this one's turn
 * @returns what it was brought to
 */
export async function change(
  changed: Changed,
  given: Leaves | (() => Promise<Leaves>),
  options: LockOptions,
): Promise<Composition> {
  const { context, stack, pullRequest, hasShared, usesFile = false, deployment: known } = changed;
  return inTurn(
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
      await bring({
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
