import { Command } from "@commander-js/extra-typings";
import { basicAuth } from "../clients/http/basic-auth";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { addClose } from "./commands/close";
import { addLogs } from "./commands/logs";
import { addReconcile } from "./commands/reconcile";
import { addResetDatabase } from "./commands/reset-db";
import { addResolve } from "./commands/resolve";
import { addShell } from "./commands/shell";
import { addSleep } from "./commands/sleep";
import { addStatus } from "./commands/status";
import { addTest } from "./commands/test";
import { addUp } from "./commands/up";
import { addVerify } from "./commands/verify";
import { addWake } from "./commands/wake";
import { version } from "../package.json";

/** The command `preview`: its subcommands, arguments and options. */
export const program = new Command("preview")
  .description("Manages the previews of pull requests.")
  .version(version)
  .configureOutput({ outputError: (text, write) => write(sanitizeOutput(text)) })
  .exitOverride()
  // A malformed value is refused before anything is changed.
  .hook("preAction", () => void basicAuth());

addUp(program);
addResolve(program);
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
