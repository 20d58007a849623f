import { type Leaves, UserError } from "../../contract";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { type CodeHost, runPage, runReference } from "../../clients/code-host";
import { commentOnFailure, commentOnUp } from "../comment";
import { harmlessJson } from "../output/harmless";
import type { LockOptions } from "../../clients/pulumi/stack-lock";
import { print } from "../output/print";
import { report, reportingProject } from "../project";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { noteRun } from "../../lifecycle/runs";
import { makeScreenshotFolder } from "../../verify/screenshots/screenshots";
import { ensureStack, isRemoved, stackName, stackNames } from "../../clients/pulumi/stacks";
import { reasonToStepAside, upPreview, type UpResult } from "../../lifecycle/up";
import { productOf } from "../../verify/product";
import { coloured, summary } from "../output/contract-report";
import { codeHostOf, noCodeHost, tell } from "../code-host";
import { lockOptions } from "../lock-options";

export interface UpCommandOptions {
  readonly api?: string;
  readonly web?: string;
  readonly sha?: string;
  /** Whether the database gives way to an empty one. @default false */
  readonly replaceDatabase?: boolean;
  readonly comment?: boolean;
  /** The folder for pictures of the product's pages. @default none are taken */
  readonly screenshots?: string;
  readonly json?: boolean;
}

/** Brings a preview up, or steps aside for what has become of its pull request, or of the preview, meanwhile. */
export async function up(pullRequest: number, options: UpCommandOptions): Promise<void> {
  const context = reportingProject();
  await refuseUnsafeBackend(context);
  if (options.screenshots !== undefined) {
    makeScreenshotFolder(options.screenshots);
  }
  const host = await codeHostOf(context, pullRequest);
  if (host === undefined) {
    report(noCodeHost);
  }
  try {
    const result = await deploy(context, pullRequest, host, { ...options, usesFile: true });
    if (options.json === true) {
      print(harmlessJson(result));
    } else {
      print(asText(result), coloured);
    }
    process.exitCode = result.outcome === "up" && result.checks?.ok === false ? 1 : 0;
    if (options.comment === true && result.outcome === "up") {
      await tell(host, pullRequest, commentOnUp(pullRequest, result, runPage(process.env)));
    }
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    if (options.comment === true) {
      await tell(host, pullRequest, commentOnFailure("update", error.message, runPage(process.env)));
    }
    throw error;
  }
}

interface Commit
  extends
    Pick<UpCommandOptions, "api" | "web" | "sha" | "replaceDatabase" | "screenshots">,
    Pick<LockOptions, "patience"> {
  /** Whether this checkout's file says something about the preview, and shows afterwards what was deployed. */
  readonly usesFile: boolean;
}

/** Deploys images of a commit, or else those that are deployed or configured. */
export async function deploy(
  context: PulumiContext,
  pullRequest: number,
  host: CodeHost | undefined,
  commit: Commit,
): Promise<UpResult> {
  const stack = stackName(pullRequest);
  for (;;) {
    try {
      return await attempt(context, pullRequest, host, commit);
    } catch (error) {
      if (!isRemoved(error, stack)) {
        throw error;
      }
      report(`${stack} has been closed meanwhile: starting again`);
    }
  }
}

async function attempt(
  context: PulumiContext,
  pullRequest: number,
  host: CodeHost | undefined,
  { api, web, ...commit }: Commit,
): Promise<UpResult> {
  const run = runReference(process.env);
  // Before the stack is made: one that is asked for too late must not leave an empty stack behind.
  const reason = await reasonToStepAside({ codeHost: host, pullRequest, sha: commit.sha, run });
  if (reason !== undefined) {
    return { outcome: "stepped aside", reason };
  }
  const stack = stackName(pullRequest);
  const names = await stackNames(context);
  if (!names.includes(stack) && !names.includes("preview")) {
    throw new UserError(
      `there is neither a stack ${stack} nor a stack preview with what all previews share; README.md says how to make it`,
    );
  }
  await ensureStack(context, stack, names);
  await noteRun(context, stack);
  return upPreview({
    context,
    pullRequest,
    hasShared: names.includes("preview"),
    given: given({ "api.image": api, "web.image": web, repository: host?.repository }),
    run,
    codeHost: host,
    product: productOf(context.project),
    ...commit,
    ...lockOptions(context, stack, host),
  });
}

/** What is set: what isn't stays as it is. */
const given = (settings: Readonly<Record<string, string | undefined>>): Leaves =>
  Object.fromEntries(Object.entries(settings).filter((pair): pair is [string, string] => pair[1] !== undefined));

function asText(result: UpResult): string {
  if (result.outcome === "stepped aside") {
    return `stepped aside: ${result.reason}`;
  }
  const { preview, asleep, checks, screenshots = [], seconds } = result;
  const phases = Object.entries(seconds).map(([phase, spent]) => `${phase} ${spent} s`);
  return [
    `api   ${preview.images.api}`,
    `web   ${preview.images.web}`,
    `took  ${phases.join(", ")}`,
    ...(checks === undefined ? [] : [summary(checks)]),
    ...screenshots.map((file) => `screenshot  ${file}`),
    asleep ? `preview asleep: ${preview.url}` : `preview ready: ${preview.url}`,
  ].join("\n");
}
