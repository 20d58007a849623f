import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { type LockOptions, withLock } from "../../clients/pulumi/stack-lock";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { Superseded } from "./bring";

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
 *
 * @param known what was deployed a moment ago, to begin with @default it is read
 */
export async function inTurn<Result>(
  context: PulumiContext,
  stack: string,
  action: (deployment: Deployment, report: LockOptions["report"]) => Promise<Result>,
  options: LockOptions,
  known?: Deployment,
): Promise<Result> {
  let first = known;
  const report = tellingOnce(options.report);
  const attempt = async (): Promise<Result> => {
    for (;;) {
      try {
        const deployment = first ?? (await deploymentOf(context, stack));
        first = undefined;
        return await action(deployment, report);
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
