import { UserError } from "../../contract";
import { refuseUnsafeBackend } from "../backend";
import { type CodeHost, runPage, runReference } from "../code-host";
import { commentOnFailure, commentOnUp } from "../comment";
import { zoneOf } from "../dns";
import { type Identity, identityOf } from "../identity";
import type { LockOptions } from "../lock";
import { report, reportingProject } from "../project";
import type { PulumiContext } from "../pulumi";
import { noteRun } from "../runs";
import { makeScreenshotFolder } from "../screenshots";
import { ensureStack, isRemoved, stackName, stackNames } from "../stack";
import { reasonToStepAside, upPreview, type UpResult } from "../up";
import { productOf } from "../verify/product";
import { summary } from "../verify/report";
import { codeHostOf, noCodeHost, tell } from "./code-host";
import { lockOptions } from "./lock-options";

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

/** Brings a preview up, or steps aside for what has become of its pull request meanwhile. */
export async function up(pullRequest: number, options: UpCommandOptions): Promise<void> {
  const context = reportingProject();
  await refuseUnsafeBackend(context);
  if (options.screenshots !== undefined) {
    makeScreenshotFolder(options.screenshots);
  }
  const host = await codeHostOf(context, stackName(pullRequest));
  if (host === undefined) {
    report(noCodeHost);
  }
  try {
    const result = await deploy(context, pullRequest, host, options);
    console.log(options.json === true ? JSON.stringify(result, undefined, 2) : asText(result));
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

type Commit = Pick<UpCommandOptions, "api" | "web" | "sha" | "replaceDatabase" | "screenshots"> &
  Pick<LockOptions, "patience">;

/** Deploys images of a commit, or what the stack's configuration says. */
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
  { api, web, sha, replaceDatabase, screenshots, patience }: Commit,
): Promise<UpResult> {
  const run = runReference(process.env);
  // Before the stack is made: one that is asked for too late must not leave an empty stack behind.
  const reason = await reasonToStepAside({ codeHost: host, pullRequest, sha, run });
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
  const identity = inRepository(await identityOf(context, pullRequest), host?.repository);
  await noteRun(context, stack);
  return upPreview({
    context,
    identity,
    settings: given({ "api.image": api, "web.image": web, repository: host?.repository }),
    sha,
    run,
    codeHost: host,
    dns: zoneOf(identity),
    product: productOf(context.project),
    replaceDatabase,
    screenshots,
    patience,
    ...lockOptions(context, stack, host),
  });
}

/** What is set: what isn't stays as it is. */
const given = (settings: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).filter((pair): pair is [string, string] => pair[1] !== undefined));

/** The code host's word on the repository is a setting only once this run has its turn. */
const inRepository = (identity: Identity, repository = identity.owner.repository): Identity => ({
  ...identity,
  owner: { ...identity.owner, repository },
});

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
