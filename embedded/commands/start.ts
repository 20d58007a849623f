import { leavesOf, namesOf } from "../../contract";
import { waitUntilServing } from "../../clients/http/serving";
import { frontIsReady, rolledOut } from "../../clients/kubernetes/rollout/rolled-out";
import { change } from "../../lifecycle/change";
import { ensureStack, stackName } from "../../clients/pulumi/stacks";
import { embeddedDispatcher } from "../dispatcher";
import { type EmbeddedDefault, embeddedDefaultSteps } from "../embedded-default";
import { exclusively, type LockOptions } from "../machine-lock";
import { interruption } from "../../clients/process/interruption";
import { openLog, say } from "../log";
import { outcome } from "../outcome";
import { domain, embeddedSettings } from "../preview-settings";
import { projectRun, runSteps, type Step } from "../tasks";

export interface StartOptions extends LockOptions {
  readonly pullRequest: number;
  /** The public port, on loopback and inside pods. */
  readonly port: number;
}

/** Brings a preview of the reference product up on the embedded node, and all that it needs before it. */
export async function start({ pullRequest, port, wait }: StartOptions): Promise<void> {
  const log = openLog("start");
  say(`Log: ${String(log.path)}`);
  const { origin: url, namespace } = namesOf({ pullRequest, prefix: "", domain, port });
  const stack = stackName(pullRequest);
  let isAsleep = false;

  const preview: Step<EmbeddedDefault>[] = [
    {
      title: `Stack ${stack}: pulumi up`,
      usually: "25 s the first time, 4 s with nothing to change",
      run: async (embedded, report) => {
        // As in a shell that has been through `npm run env`.
        Object.assign(process.env, embedded.variables);
        const context = projectRun(report);
        await ensureStack(context, stack);
        const given = leavesOf(embeddedSettings(embedded.images, embedded.port));
        const changed = { context, stack, pullRequest, hasShared: false, usesFile: true };
        const { leaves } = await change(changed, given, { report, signal: interruption });
        isAsleep = leaves.asleep === "true";
      },
    },
    {
      title: `Waiting until ${url} serves`,
      usually: "1 s",
      run: async (_, report) => {
        if (!isAsleep) {
          await rolledOut({ kubeContext: "preview", namespace }, { signal: interruption });
          const ready = () => frontIsReady({ kubeContext: "preview", namespace });
          await waitUntilServing(url, {
            dispatcher: embeddedDispatcher(),
            frontIsReady: ready,
            signal: interruption,
            report,
          });
        }
      },
    },
  ];
  const steps = [...embeddedDefaultSteps({ port, log }), ...preview];
  await exclusively(() => runSteps(steps, {} as EmbeddedDefault, log), { wait });
  log.end();
  say(`To log in: eval "$(npm run -s env)" && npx preview status ${pullRequest} --login`);
  console.log(outcome(pullRequest, { url, isAsleep }));
}
