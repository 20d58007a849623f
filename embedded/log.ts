import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { logDir } from "./paths";

/** Prints progress or an error to standard error. Standard output is for results only. */
export const say = (text: string): void => console.error(sanitizeOutput(text));

/** Opens the log file for all output of a command. */
export function openLog(command: string): WriteStream {
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(logDir, `${command}.log`), { flags: "w", mode: 0o600 });
  log.write(`${new Date().toISOString()} npm ${command}\n`);
  return log;
}
