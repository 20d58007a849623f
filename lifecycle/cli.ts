import { Command, CommanderError, InvalidArgumentError } from "commander";
import { pullRequestNumber, UserError } from "../contract";
import { resetDatabase } from "./commands/reset-db";
import { status } from "./commands/status";
import { test } from "./commands/test";
import { verify } from "./commands/verify";

// 1 is for what a command has found out, so a mistyped command ends with 2, like all that can't be done.
const program = new Command("preview")
  .description("What happens to a preview while its pull request lives.")
  .exitOverride();

program
  .command("status")
  .description("show what a preview consists of and whether it serves")
  .argument("<number>", "the pull request's number", pullRequest)
  .option("--login", "show the reviewers' login, to whoever may read its Secret")
  .option("--json", "as JSON")
  .action(status);

program
  .command("test")
  .description("run a command against a preview, once it serves; its exit code is the command's")
  .argument("<preview>", "the pull request's number, or the URL of any preview", target)
  .argument("<command...>", "after --: the command, which gets PREVIEW_URL, PREVIEW_USERNAME and PREVIEW_PASSWORD")
  .usage("<number | url> -- <command>")
  .action(test);

program
  .command("reset-db")
  .description("start again with an empty database, migrated and seeded; what reviewers have entered is lost")
  .argument("<number>", "the pull request's number", pullRequest)
  .option("--dry-run", "show what would change and change nothing")
  .action(resetDatabase);

program
  .command("verify")
  .description("check what mysteriously breaks; each failure names the setting to change")
  .argument("<preview>", "the pull request's number, or the URL of any preview", target)
  .option("--product <file>", "what can't be guessed about the product, see docs/verify.md")
  .option("--context <name>", "context of the kubeconfig to look inside with; by default the stack's own")
  .option("--json", "as JSON")
  .action(verify);

function pullRequest(text: string): number {
  try {
    return pullRequestNumber(`pr-${text}`);
  } catch {
    throw new InvalidArgumentError("It must be a pull request's number from 1 on.");
  }
}

/** A number, or the origin of a URL. */
function target(text: string): number | string {
  const url = URL.parse(text);
  if (url === null) {
    return pullRequest(text);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new InvalidArgumentError("It must be a pull request's number or a URL such as https://pr-1.example.com.");
  }
  return url.origin;
}

program.parseAsync().catch((error: unknown) => {
  // Commander has said it already; asking for help is no error.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 2;
});
