import { randomUUID } from "node:crypto";
import {
  digestOf,
  type HandedOver,
  handedOverVariable,
  isEncrypted,
  partsIn,
  superseded,
  UserError,
} from "../../contract";
import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { type Composition, withStackFile } from "../../clients/pulumi/configuration/hand-over";
import { type OwnFile, writeView } from "../../clients/pulumi/configuration/stack-file";
import { claimGoing, described, emptiedSince, lookForDrift } from "../drift";
import type { NamespaceRef } from "../../clients/kubernetes/kubectl";
import { projectName } from "../../clients/pulumi/project-name";
import type { UpdateOptions } from "../../clients/pulumi/stacks";
import { objectsIn, type State } from "../../clients/pulumi/state";
import { update as updateStack } from "./update";
import { refuseTooLarge } from "./size";
import type { ProjectRun } from "../workspace";

export interface BringOptions {
  readonly context: ProjectRun;
  readonly stack: string;
  readonly place: NamespaceRef;
  readonly report: (message: string) => void;
  /** What the composition was made from. */
  readonly deployment: Deployment;
  /** The stack's state as it is now. @default the deployment's */
  readonly state?: State;
  readonly composition: Composition;
  /** This checkout's file, which knows the key of a stack that was never deployed. */
  readonly file?: OwnFile;
  /** Whether this checkout's file shows afterwards what was deployed. */
  readonly usesFile: boolean;
  /** The commit that is deployed, where it is named. */
  readonly commit?: string;
}

/** Another run has changed the preview since it was decided what it is to be. */
export class Superseded extends UserError {}

/**
 * Brings a preview to a composition, if what is deployed is still what that was made from.
 *
 * @returns the id of the update, which the record has then
 * @throws Superseded where it isn't: nothing was changed then
 */
export async function bring(options: BringOptions): Promise<string> {
  const { context, stack, place, report, deployment, composition, file, usesFile, commit } = options;
  const { leaves, secrets } = composition;
  refuseTooLarge(leaves, projectName(context));
  const update = randomUUID();
  const handedOver: HandedOver = {
    update,
    record: digestOf(deployment.record),
    ...(commit !== undefined && { commit }),
    secrets: [...secrets, ...Object.keys(leaves).filter((path) => isEncrypted(leaves[path]))],
  };
  const env = { ...context.env, [handedOverVariable]: JSON.stringify(handedOver) };
  const drift = await whatHasDrifted(place, options.state ?? deployment.state, report);
  await withStackFile(context, stack, composition, deployment.header ?? file?.header, async (configFile) => {
    try {
      await updateStack({ ...context, env }, stack, place, report, {
        ...drift,
        configFile,
        parts: partsIn(deployment.outputs),
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
 * Looks for what isn't as the last update has left it, and says so: then Pulumi looks first what there is. Migrations of a
 * database that has lost its volume run again.
 */
async function whatHasDrifted(
  place: NamespaceRef,
  state: State,
  report: (message: string) => void,
): Promise<Pick<UpdateOptions, "refresh" | "replace">> {
  const { drift, live } = await lookForDrift(place, state);
  drift.map(described).forEach(report);
  const going = claimGoing(live);
  if (going !== undefined) {
    report(going);
  }
  const migrations = emptiedSince(live);
  const lost = objectsIn(state, place.namespace).filter(
    ({ kind, name }) => kind === "Job" && migrations.includes(name),
  );
  if (lost.length > 0) {
    report("the database's volume isn't the one that was migrated: it is migrated and seeded again");
  }
  return { refresh: drift.length > 0, replace: lost.map(({ urn }) => urn) };
}

/** What a container has printed may be among an error's words, so that they alone prove nothing. */
async function isSuperseded({ context, stack, deployment }: BringOptions, error: unknown): Promise<boolean> {
  return (
    error instanceof UserError &&
    error.message.includes(superseded) &&
    digestOf((await deploymentOf(context, stack)).record) !== digestOf(deployment.record)
  );
}
