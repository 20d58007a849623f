import { namesOf } from "../../contract";
import type { PulumiContext } from "../../lifecycle/pulumi";
import { serving } from "../../lifecycle/serving";
import { stackName, up } from "../../lifecycle/stack";
import { localDispatcher } from "../client";
import { type EmbeddedDefault, embeddedDefaultSteps } from "../embedded-default";
import { exclusively, type LockOptions } from "../lock";
import { interruption } from "../../lifecycle/interruption";
import { openLog } from "../log";
import { domain } from "../preview-settings";
import { ensureEmbeddedStack } from "../embedded-stack";
import { pulumiLines, runSteps, type Step } from "../tasks";
import { checkout } from "../paths";

export interface StartOptions extends LockOptions {
  readonly pullRequest: number;
  /** The public port, on loopback and inside pods. */
  readonly port: number;
}

/** Brings a preview of the reference product up on the embedded node, and all that it needs before it. */
export async function start({ pullRequest, port, wait }: StartOptions): Promise<void> {
  const log = openLog("start");
  console.error(`Log: ${String(log.path)}`);
  const { origin: url } = namesOf({ pullRequest, prefix: "", domain, port });
  const stack = stackName(pullRequest);

  const preview: Step<EmbeddedDefault>[] = [
    {
      title: `Stack ${stack}: pulumi up`,
      usually: "25 s the first time, 4 s with nothing to change",
      run: async (embedded, report) => {
        const context: PulumiContext = { project: checkout, env: embedded.variables, onLine: pulumiLines(report) };
        await ensureEmbeddedStack(context, stack, embedded);
        await up(context, stack);
      },
    },
    {
      title: `Waiting until ${url} serves`,
      usually: "1 s",
      run: (_, report) => serving(url, { dispatcher: localDispatcher(), signal: interruption, report }),
    },
  ];
  const steps = [...embeddedDefaultSteps({ port, log }), ...preview];
  await exclusively(() => runSteps(steps, {} as EmbeddedDefault, log), { wait });
  log.end();
  console.error(`To log in: eval "$(npm run -s env)" && npx preview status ${pullRequest} --login`);
  console.log(`preview ready: ${url}`);
}
