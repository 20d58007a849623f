import { recordFrom } from "../../contract";
import type { CodeHost } from "../code-host";
import { deployedGeneration } from "../database";
import { recallDeclared } from "../declared";
import type { Deployed } from "../deployed";
import type { Zone } from "../dns";
import { type Identity, placeOf } from "../identity";
import { type LockOptions, withLock } from "../lock";
import type { Place } from "../kubectl";
import { findNamespace } from "../namespace";
import type { PulumiContext } from "../pulumi";
import { stackName } from "../stack";
import type { Product } from "../verify/product";
import type { Report } from "../verify/verify";
import { drifted, update } from "../workloads";
import { isClosed, refuseDeleted } from "./closed-meanwhile";
import { finish } from "./finish";
import { repair } from "./repair";
import { settledNamespace } from "./settled-namespace";
import { reasonToStepAside } from "./step-aside";
import { type Phases, Stopwatch } from "./stopwatch";

export interface UpOptions extends LockOptions {
  readonly context: PulumiContext;
  readonly identity: Identity;
  /** By their path, `api.image`: set once this run has its turn. */
  readonly settings: Readonly<Record<string, string>>;
  /** The commit to deploy; with a code host an older one than the pull request's head steps aside. */
  readonly sha?: string;
  /** Undefined when nobody can be asked about the pull request. */
  readonly codeHost?: CodeHost;
  /** The workflow's run that this is. */
  readonly run?: string;
  readonly dns?: Zone;
  /** What the contract check needs to know. @default none is made */
  readonly product?: Product;
  /** Whether the database gives way to an empty one. @default false */
  readonly replaceDatabase?: boolean;
  /** The folder for a picture of each of the product's pages. @default none is taken */
  readonly screenshots?: string;
}

export type UpResult =
  | { readonly outcome: "stepped aside"; readonly reason: string }
  | {
      readonly outcome: "up";
      readonly preview: Deployed;
      readonly asleep: boolean;
      readonly checks?: Report;
      /** The files, where there are any. */
      readonly screenshots?: readonly string[];
      readonly seconds: Phases;
    };

/**
 * Brings a pull request's preview to its settings, unless the pull request has been closed or has moved on.
 *
 * @throws UserError with what failed
 */
export async function upPreview(options: UpOptions): Promise<UpResult> {
  const { context, identity, report } = options;
  const { owner } = identity;
  const stack = stackName(owner.pullRequest);
  const place = placeOf(identity);
  const phases = new Stopwatch();

  await phases.time("cluster", () => settledNamespace(place, identity, report, options.signal));
  let before = recordFrom({});

  const late = await withLock(
    context,
    stack,
    async () => {
      // Again, since waiting for the lock may have taken long.
      const reason = await phases.time("code host", () =>
        reasonToStepAside({ ...options, pullRequest: owner.pullRequest }),
      );
      if (reason === undefined) {
        const namespace = await findNamespace(place);
        const declared = options.replaceDatabase === true ? { generation: await nextGeneration(place, report) } : {};
        before = await recallDeclared({ context, stack, place }, namespace, declared, options.settings);
        const state = await phases.time("repair", () => repair(options, namespace !== undefined));
        await phases.time("update", async () => {
          const changed = namespace === undefined ? [] : await drifted(place, state);
          changed.forEach((workload) =>
            report(`${workload} isn't as the last update has left it: it is looked at again`),
          );
          await update(context, stack, place, report, { refresh: changed.length > 0 });
        });
      }
      return reason;
    },
    options,
  );
  if (late !== undefined) {
    return { outcome: "stepped aside", reason: late };
  }
  try {
    const result = await finish(options, before, phases);
    await refuseDeleted(place);
    return result;
  } catch (error) {
    // Nobody can tell where the cluster or the backend can't be asked, or after Ctrl-C.
    if (await isClosed(options).catch(() => false)) {
      return { outcome: "stepped aside", reason: `another run has closed ${stack} since it was updated` };
    }
    throw error;
  }
}

async function nextGeneration(place: Place, report: (message: string) => void): Promise<number> {
  report("the database is replaced by an empty one, migrated and seeded: what was entered is lost");
  return ((await deployedGeneration(place)) ?? 0) + 1;
}
