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
  /** The image or step that it runs for, used for the log's name and in errors. */
  readonly name: string;
  readonly cwd?: string;
  /** In minutes. @default 15 */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Called with each line of output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program with its output in its own log file.
 *
 * @throws UserError with the name, the log file and its last lines; the signal's reason if that is aborted
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
    // Read line by line: a build's output may be too large for memory.
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
  // Ctrl-C reaches the program directly, and may end it before the signal is aborted here.
  await new Promise(setImmediate);
  signal.throwIfAborted();
  if (result.code === "ENOENT") throw new UserError(`${name}: ${file} isn't installed`);
  const end =
    result.signal === undefined ? `failed with exit code ${result.exitCode}` : `was ended by ${result.signal}`;
  const outcome = result.timedOut ? `took longer than ${timeout} min` : end;
  throw new UserError([`${name}: ${file} ${outcome}; its log is ${path}`, ...last].join("\n  "));
}
