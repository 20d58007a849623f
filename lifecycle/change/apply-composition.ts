import { randomUUID } from "node:crypto";
import { digestOf, type Handoff, handoffVariable, isEncrypted, type Pair, superseded, UserError } from "../../contract";
import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { type Composition, withStackFile } from "../../clients/pulumi/configuration/write-composition";
import { type OwnFile, writeView } from "../../clients/pulumi/configuration/stack-file";
import {
  claimDeletionWarning,
  describeDrift,
  type Inside,
  lookForDrift,
  migrationsToRepeat,
  podsToRestart,
} from "../drift";
import { kubectl, type NamespaceRef } from "../../clients/kubernetes/kubectl";
import { projectName } from "../../clients/pulumi/project-name";
import type { UpdateOptions } from "../../clients/pulumi/stacks";
import { objectsIn, type State } from "../../clients/pulumi/state";
import { expectedParts } from "./expected-parts";
import { update as updateStack } from "./update";
import { refuseTooLarge } from "./size";
import type { ProjectRun } from "../workspace";

export interface ApplyOptions {
  readonly context: ProjectRun;
  readonly stack: string;
  readonly place: NamespaceRef;
  readonly report: (message: string) => void;
  /** The deployment that the composition is based on. */
  readonly deployment: Deployment;
  /** The stack's current state. @default the deployment's */
  readonly state?: State;
  readonly composition: Composition;
  /** This checkout's file, which has the key of a stack that was never deployed. */
  readonly file?: OwnFile;
  /** Whether to write what was deployed to this checkout's file. */
  readonly usesFile: boolean;
  /** The commit to deploy, if it is known. */
  readonly commit?: string;
  /** What the parts from other repositories were resolved to. @default as deployed */
  readonly pair?: Pair;
}

/** Another run has changed the preview since the composition was made. */
export class Superseded extends UserError {}

/**
 * Updates a preview to a composition, provided that the deployment it is based on is still current.
 *
 * @returns the update's id, which the deployment record then holds
 * @throws Superseded if it isn't current any more; nothing was changed then
 */
export async function applyComposition(options: ApplyOptions): Promise<string> {
  const { context, stack, place, report, deployment, composition, file, usesFile, commit, pair } = options;
  const { leaves, secrets } = composition;
  refuseTooLarge(leaves, projectName(context));
  const update = randomUUID();
  const handoff: Handoff = {
    update,
    record: digestOf(deployment.record),
    ...(commit !== undefined && { commit }),
    ...(pair !== undefined && { pair }),
    secrets: [...secrets, ...Object.keys(leaves).filter((path) => isEncrypted(leaves[path]))],
  };
  const env = { ...context.env, [handoffVariable]: JSON.stringify(handoff) };
  const state = options.state ?? deployment.state;
  const inside = await lookForDrift(place, state);
  const drift = refreshOptions(place, state, inside, report);
  await restartApi(place, inside, report);
  await withStackFile(context, stack, composition, deployment.header ?? file?.header, async (configFile) => {
    try {
      await updateStack({ ...context, env }, stack, place, report, {
        ...drift,
        configFile,
        parts: expectedParts(stack, projectName(context), leaves, deployment.outputs),
      });
    } catch (error) {
      throw (await isSuperseded(options, error)) ? new Superseded(superseded) : error;
    }
    if (usesFile) {
      writeView(context, stack, { deployed: configFile, before: file?.text, report });
    }
  });
  return update;
}

/**
 * Reports what has drifted since the last update. If anything has, Pulumi refreshes first. Migrations run again for a database
 * that has lost its volume.
 */
function refreshOptions(
  place: NamespaceRef,
  state: State,
  { drift, live }: Inside,
  report: (message: string) => void,
): Pick<UpdateOptions, "refresh" | "replace"> {
  drift.map(describeDrift).forEach(report);
  const going = claimDeletionWarning(live);
  if (going !== undefined) {
    report(going);
  }
  const migrations = migrationsToRepeat(live);
  const lost = objectsIn(state, place.namespace).filter(
    ({ kind, name }) => kind === "Job" && migrations.includes(name),
  );
  if (lost.length > 0) {
    report("the database volume isn't the one that was migrated: migrating and seeding it again");
  }
  return { refresh: drift.length > 0, replace: lost.map(({ urn }) => urn) };
}

/** Where no Job migrates, the API itself migrates a database that has lost its volume. Its gate waits for the new one. */
async function restartApi(place: NamespaceRef, { live }: Inside, report: (message: string) => void): Promise<void> {
  const pods = podsToRestart(live);
  if (pods.length > 0) {
    report("the database volume isn't the one that was migrated: restarting the API, which migrates it by itself");
    await kubectl(place, ["delete", "pod", ...pods, "--ignore-not-found", "--wait=false", "--request-timeout=15s"]);
  }
}

/** An error may quote a container's output, so its text alone proves nothing. */
async function isSuperseded({ context, stack, deployment }: ApplyOptions, error: unknown): Promise<boolean> {
  return (
    error instanceof UserError &&
    error.message.includes(superseded) &&
    digestOf((await deploymentOf(context, stack)).record) !== digestOf(deployment.record)
  );
}
