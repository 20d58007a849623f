import { execa } from "execa";
import { type Leaves, leavesOf, parseSettings, SettingsError, type SettingsInput, UserError } from "../../contract";
import { type Deployed, deployed } from "../../lifecycle/inventory/deployed";
import { httpClient } from "../../clients/http/client";
import { waitUntilServing } from "../../clients/http/serving";
import { webIsReady } from "../../clients/kubernetes/rollout/rolled-out";
import { change } from "../../lifecycle/change";
import { ensureStack, stackName, stackNames } from "../../clients/pulumi/stacks";
import { interruption } from "../../clients/process/interruption";
import { openLog, say } from "../log";
import { outcome } from "../outcome";
import { projectRun, runSteps } from "../tasks";

/** What the command line says. All other settings are those of the stack `preview`, where the backend has one. */
export interface ClusterOptions {
  readonly pullRequest: number;
  readonly context: string;
  /** Required, like the images: undefined only until that is checked. */
  readonly domain?: string;
  readonly api?: string;
  readonly web?: string;
}

/** Brings a preview up on a cluster, with a `pulumi` and a state backend, that are there already. */
export async function startOnCluster(options: ClusterOptions): Promise<void> {
  await refuseMissing(options);
  const log = openLog("start");
  say(`Log: ${String(log.path)}`);
  const stack = stackName(options.pullRequest);
  const shared: { preview?: Deployed; isAsleep: boolean } = { isAsleep: false };
  await runSteps(
    [
      {
        title: `Stack ${stack}: pulumi up`,
        usually: "1 min",
        run: async (_, report) => {
          const context = projectRun(report);
          const names = await stackNames(context);
          await ensureStack(context, stack, names);
          const changed = {
            context,
            stack,
            pullRequest: options.pullRequest,
            hasShared: names.includes("preview"),
            usesFile: true,
          };
          const { leaves } = await change(changed, values(options), { report, signal: interruption });
          shared.isAsleep = leaves.asleep === "true";
          shared.preview = await deployed(context, options.pullRequest);
        },
      },
      {
        title: "Waiting until the public host serves",
        usually: "a few seconds; longer where DNS is new",
        run: async ({ preview, isAsleep }, report) => {
          if (!isAsleep) {
            const ready = () => webIsReady(preview!);
            const how = { dispatcher: httpClient(), timeout: 300_000, webIsReady: ready };
            await waitUntilServing(preview!.url, { ...how, signal: interruption, report });
          }
        },
      },
    ],
    shared,
    log,
  );
  log.end();
  console.log(outcome(options.pullRequest, { url: shared.preview!.url, isAsleep: shared.isAsleep }));
}

const values = ({ context, domain, api, web }: ClusterOptions): Leaves =>
  leavesOf({ kubeContext: context, domain, api: { image: api }, web: { image: web } });

/** Everything that is missing, at once and before anything is made. */
async function refuseMissing({ pullRequest, context, domain, api, web }: ClusterOptions): Promise<void> {
  const problems: string[] = [];
  for (const [option, value] of Object.entries({ domain, api, web })) {
    if (value === undefined) {
      problems.push(`--${option} is missing`);
    }
  }
  if (problems.length === 0) {
    problems.push(
      ...settingProblems(stackName(pullRequest), {
        kubeContext: context,
        domain,
        api: { image: api },
        web: { image: web },
      }),
    );
  }
  if (!(await succeeds("pulumi", ["version"]))) {
    problems.push("pulumi is not on PATH; install it from https://www.pulumi.com/docs/install/");
  } else if (!(await succeeds("pulumi", ["whoami", "--non-interactive"]))) {
    problems.push("pulumi has no state backend; run pulumi login, or set PULUMI_BACKEND_URL");
  }
  if (!(await succeeds("kubectl", ["version", "--client"]))) {
    problems.push("kubectl is not on PATH; install it from https://kubernetes.io/docs/tasks/tools/");
  } else if (!(await succeeds("kubectl", ["config", "get-contexts", context]))) {
    problems.push(`--context: the kubeconfig has no context ${JSON.stringify(context)}`);
  }
  if (problems.length > 0) {
    throw new UserError(`Nothing was changed:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** What is wrong with the settings that the command line gives. The others are the stack's, and the program's to judge. */
function settingProblems(stack: string, settings: SettingsInput): readonly string[] {
  try {
    parseSettings(stack, "preview", settings);
    return [];
  } catch (error) {
    const given = /^(kubeContext|domain|api\.image|web\.image):/;
    return error instanceof SettingsError ? error.problems.filter((problem) => given.test(problem)) : [];
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return !(await execa(command, args, { reject: false, stdio: "ignore" })).failed;
}
