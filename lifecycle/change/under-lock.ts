import { type Deployment, deploymentOf } from "../../clients/pulumi/deployment";
import { type LockOptions, withLock } from "../../clients/pulumi/stack-lock";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { Superseded } from "./apply-composition";

/** Each try while waiting for the lock would report the same again. */
function reportOnce(report: LockOptions["report"]): LockOptions["report"] {
  const reported = new Set<string>();
  return (message) => {
    if (!reported.has(message)) {
      reported.add(message);
      report(message);
    }
  };
}

/**
 * Reads the deployment, decides and updates, as one step: once the lock is free, and again if another run got in between.
 *
 * @param known what was deployed a moment ago, for the first try @default it is read
 */
export async function underLock<Result>(
  context: PulumiContext,
  stack: string,
  action: (deployment: Deployment, report: LockOptions["report"]) => Promise<Result>,
  options: LockOptions,
  known?: Deployment,
): Promise<Result> {
  let first = known;
  const report = reportOnce(options.report);
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
        options.report(`another run has changed ${stack} meanwhile: starting from what it deployed`);
      }
    }
  };
  return withLock(context, stack, attempt, options);
}
