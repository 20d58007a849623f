import { writeFileSync } from "node:fs";
import { isComplete, type Receipt, remains, UserError } from "../../contract";
import { refuseUnsafeBackend } from "../backend";
import { closePreview } from "../close";
import { runPage } from "../code-host";
import { commentOnClose, commentOnFailure } from "../comment";
import { zoneOf } from "../dns";
import { type Identity, identityOf, sharedIdentity } from "../identity";
import { interruption } from "../interruption";
import { report, reportingProject } from "../project";
import type { PulumiContext } from "../pulumi";
import { endedRun } from "../runs";
import { configuredStack, stackName } from "../stack";
import { codeHostFor, codeHostOf, tell } from "./up";

interface ClosingOptions {
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
  const host = options.comment === true ? await codeHostOf(context, stackName(pullRequest)) : undefined;
  try {
    const receipt = await closeByNumber(context, pullRequest, options);
    if (options.receipt !== undefined) {
      writeFileSync(options.receipt, `${JSON.stringify(receipt, undefined, 2)}\n`);
    }
    console.log(options.json === true ? JSON.stringify(receipt, undefined, 2) : asText(receipt));
    process.exitCode = isComplete(receipt) ? 0 : 1;
    await tell(host, pullRequest, commentOnClose(receipt));
  } catch (error) {
    if (error instanceof UserError) {
      await tell(host, pullRequest, commentOnFailure("closing", error.message, runPage(process.env)));
    }
    throw error;
  }
}

/** Also where there is no stack any more: then the shared configuration says where else something could be left. */
export async function closeByNumber(
  context: PulumiContext,
  pullRequest: number,
  { forceFinalizers, context: kubeContext }: ClosingOptions,
): Promise<Receipt> {
  const stack = stackName(pullRequest);
  const shared = await configuredStack(context, stack);
  if (shared === undefined) {
    throw new UserError(`there is neither a stack ${stack} nor a stack preview, so nothing says where it would be`);
  }
  const known = await identityOf(context, pullRequest, shared);
  await refuseOtherRepository(context, known);
  const identity = { ...known, kubeContext: kubeContext ?? known.kubeContext };
  return closePreview({
    context,
    identity,
    dns: zoneOf(identity),
    forceFinalizers,
    hasEnded: endedRun(context, stack, codeHostFor(identity.owner.repository)),
    report,
    signal: interruption,
  });
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
