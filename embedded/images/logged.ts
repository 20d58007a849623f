import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { execa } from "execa";
import { UserError } from "../../contract";
import { systemPath } from "../cluster/host/command";
import { interruption } from "../../clients/process/interruption";
import { logDir } from "../paths";

const lastLines = 15;

export interface LoggedOptions {
  /** Of the image or step that it is run for: names the log and stands in the error. */
  readonly name: string;
  readonly cwd?: string;
  /** In minutes. @default 15 */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Is given each line of the output as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program whose output goes to a log of its own.
 *
 * @throws UserError with the name, the last lines and the log; the signal's own reason if that ended it
 */
export async function runLogged(file: string, args: readonly string[], options: LoggedOptions): Promise<void> {
  const { name, cwd = "/", timeout = 15, onLine } = options;
  const signal = AbortSignal.any([interruption, ...(options.signal === undefined ? [] : [options.signal])]);
  signal.throwIfAborted();
  mkdirSync(logDir, { recursive: true });
  const path = join(logDir, `image-${name}.log`);
  const log = createWriteStream(path, { flags: "w", mode: 0o600 });
  log.write(`${new Date().toISOString()} ${file} ${args.join(" ")}\n`);
  const last: string[] = [];
  const child = execa(file, args, {
    all: true,
    // Lines are taken one by one: a build writes more than need be kept in memory.
    buffer: false,
    cancelSignal: signal,
    cwd,
    env: { PATH: [process.env.PATH, systemPath].join(":") },
    reject: false,
    stdin: "ignore",
    timeout: timeout * 60_000,
  });
  for await (const line of child.iterable({ from: "all" })) {
    log.write(`${line}\n`);
    last.push(line);
    if (last.length > lastLines) last.shift();
    onLine?.(line);
  }
  const result = await child;
  log.end();
  await finished(log);
  if (!result.failed) return;
  // Ctrl-C reaches the program on its own way, and may end it before the signal is aborted here.
  await new Promise(setImmediate);
  signal.throwIfAborted();
  if (result.code === "ENOENT") throw new UserError(`${name}: ${file} isn't installed`);
  const end =
    result.signal === undefined ? `failed with exit code ${result.exitCode}` : `was ended by ${result.signal}`;
  const outcome = result.timedOut ? `took longer than ${timeout} min` : end;
  throw new UserError([`${name}: ${file} ${outcome}; its log is ${path}`, ...last].join("\n  "));
}
