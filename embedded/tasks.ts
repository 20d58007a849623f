import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import { UserError } from "../contract";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { resourceDone } from "../clients/pulumi/pulumi";
import { interruption } from "../clients/process/interruption";
import type { ProjectRun } from "../lifecycle/workspace";
import { checkout } from "./paths";

/** Reports what a step is doing, to the log and, by default, to the terminal. */
export type Report = (message: string, where?: "log only") => void;

/** One step of a command. */
export interface Step<Context> {
  readonly title: string;
  /** How long it usually takes; shown with the title. */
  readonly usually: string;
  readonly run: (context: Context, report: Report) => Promise<void>;
}

/**
 * Runs steps one after the other. Progress goes to standard error, so that standard output has only the result. A terminal shows
 * all steps from the start; otherwise each is printed as it starts and ends.
 */
export async function runSteps<Context extends object>(
  steps: readonly Step<Context>[],
  context: Context,
  log: NodeJS.WritableStream,
): Promise<void> {
  const tasks = steps.map(({ title, usually, run }, index): ListrTask<Context> => ({
    title: `[${index + 1}/${steps.length}] ${title} (usually ${usually})`,
    task: async (shared, task) => {
      interruption.throwIfAborted();
      log.write(`\n# ${title}\n`);
      await run(shared, (message, where) => {
        log.write(`${message}\n`);
        if (where === undefined) {
          task.output = sanitizeOutput(message);
        }
      }).catch((error: Error) => {
        // Listr prints it with its step.
        throw error instanceof UserError ? new UserError(sanitizeOutput(error.message), { cause: error }) : error;
      });
    },
  }));
  const timer = { timer: PRESET_TIMER };
  await new Listr<Context, "default", "simple">(tasks, {
    ctx: context,
    rendererOptions: timer,
    fallbackRendererOptions: timer,
    registerSignalListeners: false,
  }).run();
}

/**
 * This checkout's Pulumi project for use in a step: shows the resources that `pulumi` has finished, and logs the rest of its output.
 *
 * @param env variables that extend or override those of this process
 */
export function projectRun(report: Report, env: ProjectRun["env"] = {}): ProjectRun {
  const onLine = (line: string) => {
    report(line, "log only");
    const done = resourceDone(line);
    if (done !== undefined) {
      report(done);
    }
  };
  return { project: checkout, env, onLine, report, run: { isWorkflow: process.env.CI === "true" } };
}
