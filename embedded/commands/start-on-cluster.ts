import { execa } from "execa";
import { leavesOf, parseSettings, SettingsError, type SettingsInput, UserError } from "../../contract";
import { deploy, type UpResult } from "../../lifecycle/up";
import type { Workspace } from "../../lifecycle/workspace";
import { Zone } from "../../clients/dns";
import { basicAuth } from "../../clients/http/basic-auth";
import { interruption } from "../../clients/process/interruption";
import { stackName } from "../../clients/pulumi/stacks";
import { openLog, say } from "../log";
import { outcome } from "../outcome";
import { projectRun, type Report, runSteps, type Step } from "../tasks";

/** What the command line says. All other settings are those of the stack `preview`, where the backend has one. */
export interface ClusterOptions {
  readonly pullRequest: number;
  readonly context: string;
  /** Required, like the images: undefined only until that is checked. */
  readonly domain?: string;
  readonly api?: string;
  readonly web?: string;
}

/** Brings a preview up on a cluster, with a `pulumi` and a state backend, that are there already, as `preview up` does. */
export async function startOnCluster(options: ClusterOptions): Promise<void> {
  basicAuth();
  await refuseMissing(options);
  const { pullRequest, context, domain, api, web } = options;
  const log = openLog("start");
  say(`Log: ${String(log.path)}`);
  const step: Step<{ result?: UpResult }> = {
    title: `Stack ${stackName(pullRequest)}: preview up`,
    usually: "1 min",
    run: async (shared, report) => {
      const settings = leavesOf({ kubeContext: context, domain });
      // refuseMissing has seen to it that both are given.
      const images = { api: api!, web: web! };
      shared.result = await deploy(workspace(report), pullRequest, undefined, { images, settings, usesFile: true });
    },
  };
  const shared: { result?: UpResult } = {};
  await runSteps([step], shared, log);
  log.end();
  tell(pullRequest, shared.result!);
}

/** With nobody to ask about the pull request: images are given, and no commit. */
const workspace = (report: Report): Workspace => ({
  ...projectRun(report),
  interruption,
  codeHost: () => undefined,
  otherCodeHost: (repository) => {
    throw new Error(`${repository} isn't read: its images are given`);
  },
  registry: () => {
    throw new Error("no registry is asked: images are given");
  },
  zone: (zoneId) => new Zone(zoneId),
});

function tell(pullRequest: number, result: UpResult): void {
  if (result.outcome === "stepped aside") {
    console.log(`stepped aside: ${result.reason}`);
    return;
  }
  const { preview, asleep, checks } = result;
  if (checks?.ok === false) {
    const failed = checks.findings.filter((finding) => finding.outcome === "failed").map(({ id }) => id);
    say(`The contract check failed: ${failed.join(", ")}; preview verify ${pullRequest} says what to change`);
    process.exitCode = 1;
  }
  console.log(outcome(pullRequest, { url: preview.url, isAsleep: asleep }));
}

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
