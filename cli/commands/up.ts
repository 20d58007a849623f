import type { Command } from "@commander-js/extra-typings";
import { UserError } from "../../contract";
import { safeJson } from "../../clients/process/sanitize-output";
import { refuseUnsafeBackend } from "../../clients/pulumi/backend";
import { deploy, type UpResult } from "../../lifecycle/up";
import { noCodeHost } from "../../lifecycle/workspace";
import { makeScreenshotFolder } from "../../verify/screenshots/screenshots";
import { commit, dependencies, namedImages, pullRequest } from "../arguments";
import { codeHostOfPreview, postComment, postResult } from "../code-host";
import { commentOnFailure } from "../comment";
import { coloured, summary } from "../output/contract-report";
import { print } from "../output/print";
import { ci, report, reportingWorkspace } from "../workspace";

/** Brings a preview up, or steps aside if the pull request or the preview has moved on meanwhile. */
export const addUp = (program: Command) =>
  program
    .command("up")
    .description(
      "create a preview or update it to another commit; steps aside if its pull request is closed or has moved on",
    )
    .argument("<number>", "the pull request number", pullRequest)
    .option("--api <image>", "the API image, by digest or by a tag that is a commit SHA")
    .option("--web <image>", "the web image, likewise")
    .option("--image <name=image>", "the image of a service with perCommit, likewise; may be repeated", namedImages)
    .option(
      "--with <dependencies>",
      "what to run of other repositories, such as myorg/backend#515; separated by commas (docs/pairs.md)",
      dependencies,
    )
    .option("--sha <commit>", "the commit that the images were built from", commit)
    .option(
      "--replace-database",
      "replace the database with an empty one, migrated and seeded, if a change needs that; its data is lost",
    )
    .option("--comment", "comment on the pull request with the result")
    .option(
      "--screenshots <folder>",
      "save a screenshot of each page that the product file lists (needs Google Chrome)",
    )
    .option("--json", "print JSON")
    .action(async (number, { api, web, image, ...options }) => {
      const ordered = { ...(api !== undefined && { api }), ...(web !== undefined && { web }), ...image };
      const workspace = reportingWorkspace();
      await refuseUnsafeBackend(workspace, ci.run.isWorkflow);
      if (options.screenshots !== undefined) {
        makeScreenshotFolder(options.screenshots);
      }
      const { host, pair: former } = await codeHostOfPreview(workspace, number);
      if (host === undefined) {
        report(noCodeHost);
      }
      try {
        const result = await deploy(workspace, number, host, { ...options, images: ordered, usesFile: true });
        if (options.json === true) {
          print(safeJson(result));
        } else {
          print(asText(result), coloured);
        }
        if (result.outcome === "up" && !result.asleep && result.checks === undefined) {
          report(
            `nothing was checked, since there is no preview-verify.yaml: preview verify ${number} checks what it can without one`,
          );
        }
        process.exitCode = result.outcome === "up" && result.checks?.ok === false ? 1 : 0;
        if (options.comment === true && result.outcome === "up") {
          await postResult(workspace, host, number, result, former);
        }
      } catch (error) {
        if (options.comment === true && error instanceof UserError) {
          await postComment(host, number, commentOnFailure("update", error.message, ci.runPage));
        }
        throw error;
      }
    });

function asText(result: UpResult): string {
  if (result.outcome === "stepped aside") {
    return `stepped aside: ${result.reason}`;
  }
  const { preview, asleep, checks, screenshots = [], seconds } = result;
  const width = Math.max(4, ...Object.keys(preview.images).map(({ length }) => length));
  const phases = Object.entries(seconds).map(([phase, spent]) => `${phase} ${spent} s`);
  return [
    ...Object.entries(preview.images).map(([name, image]) => `${name.padEnd(width)}  ${image}`),
    `${"took".padEnd(width)}  ${phases.join(", ")}`,
    ...(checks === undefined ? [] : [summary(checks)]),
    ...screenshots.map((file) => `screenshot  ${file}`),
    asleep ? `preview asleep: ${preview.url}` : `preview ready: ${preview.url}`,
  ].join("\n");
}
