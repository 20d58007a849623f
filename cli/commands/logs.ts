import { pipeline } from "node:stream/promises";
import { Argument, type Command } from "@commander-js/extra-typings";
import { execa } from "execa";
import { nameLabel, referenceOf, standardPartList } from "../../contract";
import { sanitizeLines } from "../../clients/process/sanitize-output";
import { pullRequest } from "../arguments";
import { findPart, kubectlAsItIs, partNames } from "../parts";
import { ci } from "../workspace";

export const addLogs = (program: Command) =>
  program
    .command("logs")
    .description("show what a part of a preview has logged")
    .argument("<number>", "the pull request's number", pullRequest)
    .addArgument(new Argument("<part>").choices(partNames(standardPartList)))
    .option("-f, --follow", "go on as it is written")
    .option("--tail <lines>", "how many lines to begin with", "200")
    .action(async (number, name, { follow = false, tail }) => {
      const { part, place } = await findPart(number, name);
      const what = part.kind === "Job" ? `--selector=${nameLabel}=${part.name}` : referenceOf(part);
      const args = [...place, "logs", what, `--tail=${tail}`, ...(follow ? ["--follow"] : [])];
      process.exitCode = await (isObeyed() ? sanitized : kubectlAsItIs)(args);
    });

/** Whether a terminal or GitHub's runner would do what the output says. */
const isObeyed = () => process.stdout.isTTY || ci.obeysOutput;

async function sanitized(args: readonly string[]): Promise<number> {
  const child = execa("kubectl", args, { stdin: "ignore", buffer: false, reject: false });
  await Promise.all([
    pipeline(child.stdout, sanitizeLines, process.stdout, { end: false }),
    pipeline(child.stderr, sanitizeLines, process.stderr, { end: false }),
  ]).catch((error: unknown) => {
    // Nobody reads on: `preview logs 1 api | head`.
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") {
      throw error;
    }
    child.kill();
  });
  const { exitCode } = await child;
  return exitCode ?? 2;
}
