import { writeFileSync } from "node:fs";
import { isComplete, type Receipt, remains, UserError } from "../../contract";
import { refuseUnsafeBackend, removeDeadLocks } from "../../clients/pulumi/backend";
import { closePreview, type CloseOptions } from "../../lifecycle/close";
import { runPage } from "../../clients/code-host";
import { commentOnClose, commentOnFailure } from "../comment";
import { zoneOf } from "../../clients/dns";
import { harmlessJson } from "../output/harmless";
import type { Identity } from "../../lifecycle/inventory/identity";
import { clusterOf, findPreview, refuseOtherCluster, sharedIdentity } from "../../lifecycle/inventory/preview";
import { print } from "../output/print";
import { reportingProject } from "../project";
import type { PulumiContext } from "../../clients/pulumi/pulumi";
import { noteRun } from "../../lifecycle/runs";
import { isRemoved, stackName } from "../../clients/pulumi/stacks";
import { codeHostFor, codeHostOf, tell } from "../code-host";
import { lockOptions } from "../lock-options";

interface ClosingOptions extends Pick<CloseOptions, "confirm" | "patience"> {
  readonly forceFinalizers?: boolean;
  /** Context of the kubeconfig to look with. @default the stack's own */
  readonly context?: string;
}

export interface CloseCommandOptions extends ClosingOptions {
  /** Where the receipt is written. @default only printed */
  readonly receipt?: string;
  readonly comment?: boolean;
  readonly json?: boolean;
}

/** Closes a preview and prints the receipt; the exit code is 0 only when all of it was seen to be gone. */
export async function close(pullRequest: number, options: CloseCommandOptions): Promise<void> {
  const context = reportingProject();
  await refuseUnsafeBackend(context);
  const host = options.comment === true ? await codeHostOf(context, pullRequest) : undefined;
  try {
    const receipt = await closeByNumber(context, pullRequest, options);
    print(options.json === true ? harmlessJson(receipt) : asText(receipt));
    process.exitCode = isComplete(receipt) ? 0 : 1;
    await tell(host, pullRequest, commentOnClose(receipt));
    if (options.receipt !== undefined) {
      write(options.receipt, receipt);
    }
  } catch (error) {
    if (error instanceof UserError) {
      await tell(host, pullRequest, commentOnFailure("closing", error.message, runPage(process.env)));
    }
    throw error;
  }
}

function write(file: string, receipt: Receipt): void {
  try {
    writeFileSync(file, `${JSON.stringify(receipt, undefined, 2)}\n`);
  } catch (error) {
    throw new UserError(
      `--receipt ${file} can't be written: ${(error as Error).message}. The receipt is printed above`,
      {
        cause: error,
      },
    );
  }
}

/** Also where there is no stack any more: then the shared configuration says where else something could be left. */
export async function closeByNumber(
  context: PulumiContext,
  pullRequest: number,
  { forceFinalizers, context: kubeContext, ...more }: ClosingOptions,
): Promise<Receipt> {
  const stack = stackName(pullRequest);
  const found = await findPreview(context, pullRequest);
  if (found === undefined) {
    await removeDeadLocks(context, stack);
    throw new UserError(`there is neither a stack ${stack} nor a stack preview, so nothing says where it would be`);
  }
  const { identity: known, deployment } = found;
  await refuseOtherRepository(context, known);
  const identity = { ...known, kubeContext: kubeContext ?? known.kubeContext };
  await refuseOtherContext(known.kubeContext, identity.kubeContext);
  if (deployment !== undefined) {
    await refuseOtherCluster(known, deployment);
    await noteRun(context, stack).catch((error: unknown) => {
      // Another closing at the same time was faster.
      if (!isRemoved(error, stack)) {
        throw error;
      }
    });
  }
  return closePreview({
    context,
    identity,
    dns: zoneOf(identity),
    forceFinalizers,
    ...lockOptions(context, stack, codeHostFor(identity.owner.repository)),
    ...more,
  });
}

/** What isn't seen in another cluster would be taken for gone. Clusters are told apart by what no two have in common. */
async function refuseOtherContext(own: string, given: string): Promise<void> {
  if (own === given) {
    return;
  }
  const [ownCluster, givenCluster] = await Promise.all([own, given].map(clusterOf));
  if (ownCluster !== givenCluster) {
    throw new UserError(
      `--context ${given} is of another cluster than the stack's own, ${own}, and nothing was changed`,
    );
  }
}

/** Stacks are named by numbers alone: in a backend that two repositories share, both have a pull request 1. */
async function refuseOtherRepository(context: PulumiContext, { owner }: Identity): Promise<void> {
  if (!process.env.GITHUB_REPOSITORY || owner.repository === "") {
    return;
  }
  const expected = (await sharedIdentity(context)).owner.repository;
  if (expected !== owner.repository) {
    throw new UserError(
      `pr-${owner.pullRequest} is the preview of a pull request of ${owner.repository}, not of ${expected}, and nothing was ` +
        "changed: give each repository a backend of its own (PULUMI_BACKEND_URL)",
    );
  }
}

function asText(receipt: Receipt): string {
  const lines = remains.map((kind) => {
    const names = receipt.existed[kind].join(", ") || "none";
    return `${kind.padEnd(10)}  ${sightingAsText(receipt.seen[kind])} (there was: ${names})`;
  });
  const verdict = isComplete(receipt) ? "is closed" : "is NOT closed";
  return [...lines, `pr-${receipt.pullRequest} ${verdict}`].join("\n");
}

function sightingAsText(seen: Receipt["seen"][keyof Receipt["seen"]]): string {
  switch (seen.state) {
    case "gone":
      return "gone";
    case "still there":
      return `STILL THERE: ${seen.what.join(", ")}`;
    case "not checked":
      return `not checked: ${seen.why}`;
  }
}
