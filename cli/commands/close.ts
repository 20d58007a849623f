import { writeFileSync } from "node:fs";
import type { Command } from "@commander-js/extra-typings";
import { isComplete, type Receipt, remains, UserError } from "../../contract";
import { safeJson } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { closeByNumber } from "../../lifecycle/close";
import { pullRequest } from "../arguments";
import { codeHostOfPreview, tell } from "../code-host";
import { commentOnClose, commentOnFailure } from "../comment";
import { print } from "../output/print";
import { ci, reportingWorkspace } from "../workspace";

/** The exit code is 0 only when all of it was seen to be gone. */
export const addClose = (program: Command) =>
  program
    .command("close")
    .description("remove a preview, whatever state it is in, and look whether all of it is gone")
    .argument("<number>", "the pull request's number", pullRequest)
    .option("--force-finalizers", "let objects go whose finalizers nobody takes away")
    .option("--context <name>", "context of the kubeconfig to look with, where the stack's own may not")
    .option("--comment", "say on the pull request what was seen to be gone")
    .option("--receipt <file>", "write the teardown receipt there, as JSON")
    .option("--json", "print the receipt as JSON")
    .action(async (number, options) => {
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      const host = options.comment === true ? await codeHostOfPreview(workspace, number) : undefined;
      try {
        const receipt = await closeByNumber(workspace, number, options);
        print(options.json === true ? safeJson(receipt) : asText(receipt));
        process.exitCode = isComplete(receipt) ? 0 : 1;
        await tell(host, number, commentOnClose(receipt));
        if (options.receipt !== undefined) {
          write(options.receipt, receipt);
        }
      } catch (error) {
        if (error instanceof UserError) {
          await tell(host, number, commentOnFailure("closing", error.message, ci.runPage));
        }
        throw error;
      }
    });

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
