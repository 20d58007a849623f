import { inspect } from "node:util";
import { CommanderError } from "@commander-js/extra-typings";
import { UserError } from "../contract";
import { handleInterruption, interruption } from "../clients/process/interruption";
import { say } from "./output/print";
import { program } from "./program";

handleInterruption(say);
program.parseAsync().catch((error: unknown) => {
  // Exit code 1 means that a command found something wrong; errors, of usage among them, are 2.
  // Commander has printed its errors itself, and --help is none.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  say(error instanceof UserError ? error.message : inspect(error));
  process.exitCode = interruption.aborted ? 130 : 2;
});
