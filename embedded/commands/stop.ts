import { UserError } from "../../contract";
import { pulumi, type PulumiContext } from "../../clients/pulumi/pulumi";
import { removeView } from "../../clients/pulumi/configuration/stack-file";
import { close, stackName, stacks } from "../../clients/pulumi/stacks";
import { nodeStatus, stopNode } from "../cluster";
import { embeddedVariables } from "../variables";
import { unmountStorage } from "../images";
import { exclusively, type LockOptions } from "../machine-lock";
import { openLog, say } from "../log";
import { forgetPort } from "../port";
import { projectRun, type Report, runSteps, type Step } from "../tasks";
import { ensureModule, isBuilt } from "../toolchain";

/**
 * Closes one preview, or all of them and then the node. No preview outlives the node, so a stack that can't be destroyed is
 * removed from the state.
 */
export async function stop(pullRequest: number | undefined, lock: LockOptions): Promise<void> {
  const log = openLog("stop");
  say(`Log: ${String(log.path)}`);
  const work = async () => {
    const running = (await nodeStatus()) === "running";
    if (pullRequest !== undefined && !running) {
      throw new UserError(
        "the embedded node isn't running, so there is no preview to close; run npm stop to remove what is left",
      );
    }
    await runSteps(pullRequest === undefined ? stopAll(running) : [closeOne(pullRequest)], {}, log);
  };
  await exclusively(work, lock);
  log.end();
}

function closeOne(pullRequest: number): Step<object> {
  const stack = stackName(pullRequest);
  return {
    title: `Closing ${stack}: pulumi destroy`,
    usually: "10 s",
    run: async (_, report) => {
      const context = await pulumiContext(report);
      if ((await stacks(context)).some(({ name }) => name === stack)) {
        await close(context, stack);
      } else {
        report(`there is no stack ${stack}: it is already closed, or was never brought up`);
      }
      removeView(context, stack);
    },
  };
}

function stopAll(running: boolean): Step<object>[] {
  // Without the toolchain there can't be any preview.
  const hasPreviews = isBuilt("pulumi") && isBuilt("node");
  const closing: Step<object> = {
    title: "Closing the previews: pulumi destroy",
    usually: "10 s each",
    run: async (_, report) => {
      const context = await pulumiContext(report);
      for (const { name } of await stacks(context)) {
        // A killed pulumi leaves its lock. Safe, since the machine's lock ensures that no other is running.
        await pulumi(context, ["cancel", "--yes", "--stack", name]).catch(() => undefined);
        await close(running ? context : withoutCluster(context), name).catch(async (error: unknown) => {
          report(`${String(error)}\nRemoving the state of ${name}: stopping the node deletes its resources`);
          await pulumi(context, ["stack", "rm", name, "--force", "--yes"]);
        });
        removeView(context, name);
      }
    },
  };
  const stopping: Step<object> = {
    title: "Stopping the node",
    usually: "2 s",
    run: async (_, report) => {
      await stopNode(report);
      await unmountStorage();
      forgetPort();
    },
  };
  return hasPreviews ? [closing, stopping] : [stopping];
}

async function pulumiContext(report: Report): Promise<PulumiContext> {
  await ensureModule("pulumi", report);
  await ensureModule("node", report);
  return projectRun(report, embeddedVariables());
}

/** For a node that isn't running: what a stack had there is already gone. */
function withoutCluster(context: PulumiContext): PulumiContext {
  return { ...context, env: { ...context.env, PULUMI_K8S_DELETE_UNREACHABLE: "true" } };
}
