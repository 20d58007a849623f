import { inspect } from "node:util";
import { Command, CommanderError } from "@commander-js/extra-typings";
import { UserError } from "../contract";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { handleInterruption, interruption } from "../clients/process/interruption";
import { addClose } from "./commands/close";
import { addLogs } from "./commands/logs";
import { addReconcile } from "./commands/reconcile";
import { addResetDatabase } from "./commands/reset-db";
import { addShell } from "./commands/shell";
import { addSleep } from "./commands/sleep";
import { addStatus } from "./commands/status";
import { addTest } from "./commands/test";
import { addUp } from "./commands/up";
import { addVerify } from "./commands/verify";
import { addWake } from "./commands/wake";
import { say } from "./output/print";
import { version } from "../package.json";

// Exit code 1 means that a command found something wrong; errors, of usage among them, are 2.
const program = new Command("preview")
  .description("Manages the previews of pull requests.")
  .version(version)
  .configureOutput({ outputError: (text, write) => write(sanitizeOutput(text)) })
  .exitOverride();

addUp(program);
addClose(program);
addReconcile(program);
addSleep(program);
addWake(program);
addStatus(program);
addTest(program);
addResetDatabase(program);
addLogs(program);
addShell(program);
addVerify(program);

handleInterruption(say);
program.parseAsync().catch((error: unknown) => {
  // Commander has printed its errors itself, and --help is none.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  say(error instanceof UserError ? error.message : inspect(error));
  process.exitCode = interruption.aborted ? 130 : 2;
});
