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
 * Closes one preview, or all of them and the node with them. With the node gone no preview is left, so a stack that
 * can't be destroyed any more is removed from the state as well.
 */
export async function stop(pullRequest: number | undefined, lock: LockOptions): Promise<void> {
  const log = openLog("stop");
  say(`Log: ${String(log.path)}`);
  const work = async () => {
    const running = (await nodeStatus()) === "running";
    if (pullRequest !== undefined && !running) {
      throw new UserError(
        "the embedded node isn't running, so there is no preview to close; npm stop clears what is left",
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
        report(`there is no stack ${stack}: it was closed before, or never brought up`);
      }
      removeView(context, stack);
    },
  };
}

function stopAll(running: boolean): Step<object>[] {
  // Without the toolchain nothing was ever brought up, and it isn't built only to find that out.
  const hasPreviews = isBuilt("pulumi") && isBuilt("node");
  const closing: Step<object> = {
    title: "Closing the previews: pulumi destroy",
    usually: "10 s each",
    run: async (_, report) => {
      const context = await pulumiContext(report);
      for (const { name } of await stacks(context)) {
        // A pulumi that was killed leaves its lock. This machine's own lock says that none is at work.
        await pulumi(context, ["cancel", "--yes", "--stack", name]).catch(() => undefined);
        await close(running ? context : withoutCluster(context), name).catch(async (error: unknown) => {
          report(`${String(error)}\nThe node goes, and with it what ${name} has there: its state is removed`);
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

/** The node's data goes with it, so what a stack has on an unreachable node is gone already. */
function withoutCluster(context: PulumiContext): PulumiContext {
  return { ...context, env: { ...context.env, PULUMI_K8S_DELETE_UNREACHABLE: "true" } };
}
