import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { sanitizeOutput } from "../clients/process/sanitize-output";
import { logDir } from "./paths";

/** Says something on standard error, which has progress and errors: standard output has the result alone. */
export const say = (text: string): void => console.error(sanitizeOutput(text));

/** The file that a command writes all of its output to. */
export function openLog(command: string): WriteStream {
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(logDir, `${command}.log`), { flags: "w", mode: 0o600 });
  log.write(`${new Date().toISOString()} npm ${command}\n`);
  return log;
}
