import type { Command } from "@commander-js/extra-typings";
import { productImages, UserError } from "../../contract";
import { safeJson } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { deploy, type UpResult } from "../../lifecycle/up";
import { noCodeHost } from "../../lifecycle/workspace";
import { makeScreenshotFolder } from "../../verify/screenshots/screenshots";
import { commit, pullRequest } from "../arguments";
import { codeHostOfPreview, tell } from "../code-host";
import { commentOnFailure, commentOnUp } from "../comment";
import { coloured, summary } from "../output/contract-report";
import { print } from "../output/print";
import { ci, report, reportingWorkspace } from "../workspace";

/** Brings a preview up, or steps aside for what has become of its pull request, or of the preview, meanwhile. */
export const addUp = (program: Command) =>
  program
    .command("up")
    .description(
      "bring a preview up, or to another commit; steps aside when its pull request is closed or has moved on",
    )
    .argument("<number>", "the pull request's number", pullRequest)
    .option("--api <image>", "the API's image, by digest or by a tag that is a commit SHA")
    .option("--web <image>", "the web's image, likewise")
    .option("--sha <commit>", "the commit that the images are built from", commit)
    .option(
      "--replace-database",
      "give the database up for an empty one, migrated and seeded, where a change asks for that",
    )
    .option("--comment", "say on the pull request how it went")
    .option("--screenshots <folder>", "take a picture of each page that the product file lists, with Google Chrome")
    .option("--json", "as JSON")
    .action(async (number, options) => {
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      if (options.screenshots !== undefined) {
        makeScreenshotFolder(options.screenshots);
      }
      const host = await codeHostOfPreview(workspace, number);
      if (host === undefined) {
        report(noCodeHost);
      }
      try {
        const result = await deploy(workspace, number, host, { ...options, usesFile: true });
        if (options.json === true) {
          print(safeJson(result));
        } else {
          print(asText(result), coloured);
        }
        if (result.outcome === "up" && !result.asleep && result.checks === undefined) {
          report(
            `nothing was checked, for there is no preview-verify.yaml: preview verify ${number} checks what it can`,
          );
        }
        process.exitCode = result.outcome === "up" && result.checks?.ok === false ? 1 : 0;
        if (options.comment === true && result.outcome === "up") {
          await tell(host, number, commentOnUp(number, result, ci.runPage));
        }
      } catch (error) {
        if (options.comment === true && error instanceof UserError) {
          await tell(host, number, commentOnFailure("update", error.message, ci.runPage));
        }
        throw error;
      }
    });

function asText(result: UpResult): string {
  if (result.outcome === "stepped aside") {
    return `stepped aside: ${result.reason}`;
  }
  const { preview, asleep, checks, screenshots = [], seconds } = result;
  const phases = Object.entries(seconds).map(([phase, spent]) => `${phase} ${spent} s`);
  return [
    ...productImages.map((image) => `${image.padEnd(4)}  ${preview.images[image]}`),
    `took  ${phases.join(", ")}`,
    ...(checks === undefined ? [] : [summary(checks)]),
    ...screenshots.map((file) => `screenshot  ${file}`),
    asleep ? `preview asleep: ${preview.url}` : `preview ready: ${preview.url}`,
  ].join("\n");
}
