import { pipeline } from "node:stream/promises";
import type { Command } from "@commander-js/extra-typings";
import { execa } from "execa";
import { containerOf, nameLabel, referenceOf } from "../../contract";
import { sanitizeLines } from "../../clients/process/sanitize-output";
import { pullRequest } from "../arguments";
import { findPart, kubectlPassthrough } from "../parts";
import { ci } from "../workspace";

export const addLogs = (program: Command) =>
  program
    .command("logs")
    .description("show the logs of one part of a preview")
    .argument("<number>", "the pull request number", pullRequest)
    .argument("<part>", "api, web, db, migration, or a service of the preview's")
    .option("-f, --follow", "keep printing as new lines are written")
    .option("--tail <lines>", "how many of the latest lines to show first", "200")
    .action(async (number, name, { follow = false, tail }) => {
      const { part, namespaceOptions } = await findPart(number, name);
      const object = part.kind === "Job" ? `--selector=${nameLabel}=${part.name}` : referenceOf(part);
      const args = [
        ...namespaceOptions,
        "logs",
        object,
        `--container=${containerOf(part)}`,
        `--tail=${tail}`,
        ...(follow ? ["--follow"] : []),
      ];
      process.exitCode = await (isInterpreted() ? kubectlSanitized : kubectlPassthrough)(args);
    });

/** Whether a terminal or GitHub's runner would act on control sequences or commands in the output. */
const isInterpreted = () => process.stdout.isTTY || ci.executesOutput;

async function kubectlSanitized(args: readonly string[]): Promise<number> {
  const child = execa("kubectl", args, { stdin: "ignore", buffer: false, reject: false });
  await Promise.all([
    pipeline(child.stdout, sanitizeLines, process.stdout, { end: false }),
    pipeline(child.stderr, sanitizeLines, process.stderr, { end: false }),
  ]).catch((error: unknown) => {
    // The reader has closed the pipe: `preview logs 1 api | head`.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") {
      throw error;
    }
    child.kill();
  });
  const { exitCode } = await child;
  return exitCode ?? 2;
}
