import { inspect } from "node:util";
import { UserError } from "../contract";
import { handleInterruption, interruption } from "../clients/process/interruption";
import { say } from "./log";
import { program } from "./program";

handleInterruption(say);
program.parseAsync().catch((error: unknown) => {
  say(error instanceof UserError ? error.message : inspect(error));
  process.exitCode = interruption.aborted ? 130 : 1;
});
