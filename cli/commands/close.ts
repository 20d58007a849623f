import { writeFileSync } from "node:fs";
import type { Command } from "@commander-js/extra-typings";
import { isComplete, type Receipt, remains, UserError } from "../../contract";
import { safeJson } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { closeByNumber } from "../../lifecycle/close";
import { followedIn } from "../../lifecycle/pairs";
import { pullRequest } from "../arguments";
import { codeHostOfPreview, postComment, postOnDependencies } from "../code-host";
import { commentOnClose, commentOnFailure } from "../comment";
import { print } from "../output/print";
import { ci, reportingWorkspace } from "../workspace";

/** Exits with 0 only if everything was seen to be gone. */
export const addClose = (program: Command) =>
  program
    .command("close")
    .description("remove a preview, whatever state it is in, and check that nothing is left")
    .argument("<number>", "the pull request number", pullRequest)
    .option("--force-finalizers", "remove finalizers that keep objects from being deleted")
    .option("--context <name>", "kubeconfig context to check with, if the stack's own may not")
    .option("--comment", "comment on the pull request with the result")
    .option("--receipt <file>", "write the teardown receipt to this file, as JSON")
    .option("--json", "print the receipt as JSON")
    .action(async (number, options) => {
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      const { host, pair } = options.comment === true ? await codeHostOfPreview(workspace, number) : {};
      try {
        const receipt = await closeByNumber(workspace, number, options);
        print(options.json === true ? safeJson(receipt) : asText(receipt));
        process.exitCode = isComplete(receipt) ? 0 : 1;
        await postComment(host, number, commentOnClose(receipt));
        if (isComplete(receipt)) {
          const text = `### Preview closed: ${host?.repository}#${number}`;
          await postOnDependencies(workspace, host, number, followedIn(pair), () => text);
        }
        if (options.receipt !== undefined) {
          write(options.receipt, receipt);
        }
      } catch (error) {
        if (error instanceof UserError) {
          await postComment(host, number, commentOnFailure("close", error.message, ci.runPage));
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
    return `${kind.padEnd(10)}  ${sightingAsText(receipt.seen[kind])} (before: ${names})`;
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
