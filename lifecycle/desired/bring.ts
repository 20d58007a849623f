import { digestOf, type HandedOver, handedOverVariable, isEncrypted, superseded, UserError } from "../../contract";
import { type Deployment, deploymentOf } from "../deployment";
import { described, emptiedSince, letGo, lookForDrift } from "../drift";
import type { Place } from "../kubectl";
import { type LockOptions, withLock } from "../lock";
import type { PulumiContext } from "../pulumi";
import type { UpdateOptions } from "../stack";
import { objectsIn, type State } from "../state";
import { update } from "../workloads";
import type { Composition } from "./compose";
import { withStackFile } from "./hand-over";
import type { OwnFile } from "./stack-file";

export interface BringOptions {
  readonly context: PulumiContext;
  readonly stack: string;
  readonly place: Place;
  readonly report: (message: string) => void;
  /** What the composition was made from. */
  readonly deployment: Deployment;
  /** The stack's state as it is now. @default the deployment's */
  readonly state?: State;
  readonly composition: Composition;
  /** This checkout's file, which knows the key of a stack that was never deployed. */
  readonly file?: Pick<OwnFile, "header">;
  /** The commit that is deployed, where it is named. */
  readonly commit?: string;
  /** Is given the file that was deployed. */
  readonly onDeployed?: (file: string) => unknown;
}

/** Another run has changed the preview since it was decided what it is to be. */
export class Superseded extends UserError {}

/**
 * Brings a preview to a composition, if what is deployed is still what that was made from.
 *
 * @throws Superseded where it isn't: nothing was changed then
 */
export async function bring(options: BringOptions): Promise<void> {
  const { context, stack, place, report, deployment, composition, file, commit, onDeployed } = options;
  const { leaves, secrets } = composition;
  const handedOver: HandedOver = {
    record: digestOf(deployment.record),
    ...(commit !== undefined && { commit }),
    secrets: [...secrets, ...Object.keys(leaves).filter((path) => isEncrypted(leaves[path]))],
  };
  const env = { ...context.env, [handedOverVariable]: JSON.stringify(handedOver) };
  const drift = await whatToLookAt(place, options.state ?? deployment.state, report);
  await withStackFile(context, stack, composition, deployment.header ?? file?.header, async (configFile) => {
    try {
      await update({ ...context, env }, stack, place, report, { ...drift, configFile });
    } catch (error) {
      throw (await isSuperseded(options, error)) ? new Superseded(superseded) : error;
    }
    onDeployed?.(configFile);
  });
}

/**
 * Looks for what isn't as the last update has left it, and says so: then Pulumi looks first what there is. Migrations of a
 * database that has lost its volume run again.
 */
async function whatToLookAt(
  place: Place,
  state: State,
  report: (message: string) => void,
): Promise<Pick<UpdateOptions, "refresh" | "replace">> {
  const { drift, live } = await lookForDrift(place, state);
  drift.map(described).forEach(report);
  const emptied = emptiedSince(live);
  if (emptied?.isGoing === true) {
    await letGo(place);
  }
  const lost = objectsIn(state, place.namespace).filter(
    ({ kind, name }) => kind === "Job" && emptied?.migrations.includes(name) === true,
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

/** While another run is waited for, the same is seen again and again. */
function tellingOnce(report: LockOptions["report"]): LockOptions["report"] {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) {
      told.add(message);
      report(message);
    }
  };
}

/**
 * Reads what is deployed, decides and updates, as one step: when it is this one's turn, and again where another run was
 * faster all the same.
 */
export async function inTurn<Result>(
  context: PulumiContext,
  stack: string,
  action: (deployment: Deployment, report: LockOptions["report"]) => Promise<Result>,
  options: LockOptions,
): Promise<Result> {
  const report = tellingOnce(options.report);
  const attempt = async (): Promise<Result> => {
    for (;;) {
      try {
        return await action(await deploymentOf(context, stack), report);
      } catch (error) {
        if (!(error instanceof Superseded)) {
          throw error;
        }
        options.report(`another run has changed ${stack} meanwhile: looking again what it is to be`);
      }
    }
  };
  return withLock(context, stack, attempt, options);
}
