import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import { UserError } from "../contract";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { resourceDone } from "../clients/pulumi/pulumi";
import { interruption } from "../clients/process/interruption";
import type { ProjectRun } from "../lifecycle/workspace";
import { checkout } from "./paths";

/** Tells what a step is doing: to the log, and on the terminal unless it is for the log only. */
export type Report = (message: string, where?: "log only") => void;

/** One step of a command: what it does, and what it can say meanwhile. */
export interface Step<Context> {
  readonly title: string;
  /** How long it usually takes; shown with the title. */
  readonly usually: string;
  readonly run: (context: Context, report: Report) => Promise<void>;
}

/**
 * Runs steps one after the other with their progress on standard error, so that standard output has the result alone.
 * On a terminal all steps show from the start, so one sees what is left; elsewhere each prints as it starts and ends.
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
        // It is shown with its step.
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
 * This checkout's Pulumi project in one step: what `pulumi` has done is shown, and the rest of what it prints is logged.
 *
 * @param env beside the variables of this process, or in their place
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
