import { inspect } from "node:util";
import { Argument, Command, CommanderError, InvalidArgumentError } from "commander";
import { pullRequestNumber, UserError } from "../contract";
import { close } from "./commands/close";
import { logs, parts, shell } from "./commands/logs";
import { resetDatabase } from "./commands/reset-db";
import { reconcile } from "./commands/reconcile";
import { sleep, wake } from "./commands/sleep";
import { status } from "./commands/status";
import { test } from "./commands/test";
import { up } from "./commands/up";
import { verify } from "./commands/verify";
import { harmless } from "./output/harmless";
import { handleInterruption, interruption } from "./interruption";
import { say } from "./output/print";

// 1 is for what a command has found out, so a mistyped command ends with 2, like all that can't be done.
const program = new Command("preview")
  .description("What happens to a preview while its pull request lives.")
  .configureOutput({ outputError: (text, write) => write(harmless(text)) })
  .exitOverride();

program
  .command("up")
  .description("bring a preview up, or to another commit; steps aside when its pull request is closed or has moved on")
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
  .action(up);

program
  .command("close")
  .description("remove a preview, whatever state it is in, and look whether all of it is gone")
  .argument("<number>", "the pull request's number", pullRequest)
  .option("--force-finalizers", "let objects go whose finalizers nobody takes away")
  .option("--context <name>", "context of the kubeconfig to look with, where the stack's own may not")
  .option("--comment", "say on the pull request what was seen to be gone")
  .option("--receipt <file>", "write the teardown receipt there, as JSON")
  .option("--json", "print the receipt as JSON")
  .action(close);

program
  .command("reconcile")
  .description(
    "close previews whose pull request is closed or whose time is up, bring those that are behind to its head, report the rest",
  )
  .option("--dry-run", "show the plan and change nothing")
  .option("--max-closings <count>", "close none when it would be more than this", count, 10)
  .option("--json", "the plan and what came of it, as JSON")
  .action(reconcile);

program
  .command("sleep")
  .description("scale a preview to nothing and keep its data")
  .argument("<number>", "the pull request's number", pullRequest)
  .action(sleep);

program
  .command("wake")
  .description("bring a sleeping preview back")
  .argument("<number>", "the pull request's number", pullRequest)
  .action(wake);

program
  .command("status")
  .description("show one line for each preview, or what one consists of and whether it serves")
  .argument("[number]", "the pull request's number", pullRequest)
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
  .command("logs")
  .description("show what a part of a preview has logged")
  .argument("<number>", "the pull request's number", pullRequest)
  .addArgument(new Argument("<part>").choices([...Object.keys(parts), "migration"]))
  .option("-f, --follow", "go on as it is written")
  .option("--tail <lines>", "how many lines to begin with", "200")
  .action(logs);

program
  .command("shell")
  .description("open a shell in a part of a preview; in the database its client")
  .argument("<number>", "the pull request's number", pullRequest)
  .addArgument(new Argument("<part>").choices(Object.keys(parts)))
  .argument("[command...]", "after --: run this instead")
  .action(shell);

program
  .command("verify")
  .description("check what mysteriously breaks; each failure names the setting to change")
  .argument("<preview>", "the pull request's number, or the URL of any preview", target)
  .option(
    "--product <file>",
    "what can't be guessed about the product; by number the default is preview-verify.yaml beside Pulumi.yaml",
  )
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

/** As git writes it, so that it can't be anything else. */
function commit(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) {
    throw new InvalidArgumentError("It must be a commit's SHA of 40 hexadecimal digits.");
  }
  return text;
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new InvalidArgumentError("It must be a number from 0 on.");
  }
  return Number(text);
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

handleInterruption();
program.parseAsync().catch((error: unknown) => {
  // Commander has said it already; asking for help is no error.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  say(error instanceof UserError ? error.message : inspect(error));
  process.exitCode = interruption.aborted ? 130 : 2;
});
