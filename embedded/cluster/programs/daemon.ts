import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../contract";
import { logDir, runtimeDir } from "../../paths";
import { daemonCgroupProcs, nodeProcesses } from "../host/cgroup";
import { systemPath } from "../host/command";
import { networkNamespace } from "../layout";

/** A program that runs in the background for as long as the node does. */
export interface Daemon {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  /** Files that it reads at its start: when one changes, the daemon is started anew. */
  readonly files?: readonly string[];
  /** Whether it runs in the node's network namespace (the default) or the host's. */
  readonly network?: "node" | "host";
}

/** Set in a daemon's environment, so that a process id from a file is never taken for another program's. */
const marker = "PREVIEW_STACK_DAEMON";

export const pidFile = (name: string): string => join(runtimeDir, `${name}.pid`);

const logFile = (name: string): string => join(logDir, `${name}.log`);

/** Changes with the command, the files that it reads and the network namespace that it runs in. */
function fingerprint(daemon: Daemon): string {
  const hash = createHash("sha256").update(JSON.stringify([daemon.command, daemon.network ?? "node"]));
  for (const file of daemon.files ?? []) hash.update(readFileSync(file));
  if (daemon.network !== "host") hash.update(String(statSync(networkNamespace).ino));
  return hash.digest("hex");
}

/** One letter, as in proc(5). */
const stateOf = (pid: number): string =>
  /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "X";

/**
 * A process' variables. While a process is exchanging its program for another, which takes a moment for one of 100 MB
 * that isn't in memory yet, Linux shows it without any: then they are asked for again.
 */
function environmentOf(pid: number): string[] {
  const deadline = Date.now() + 2_000;
  for (;;) {
    const text = readFileSync(`/proc/${pid}/environ`, "utf8");
    if (text !== "" || "ZX".includes(stateOf(pid)) || Date.now() > deadline) return text.split("\0");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

/** The marker in the environment of the process that the pid file names, and its id, while it lives. */
function living(name: string): { pid: number; fingerprint: string } | undefined {
  try {
    const pid = Number(readFileSync(pidFile(name), "utf8"));
    // Stopped by a signal (T) or ended but not yet reaped (Z) is not alive.
    if ("TtZX".includes(stateOf(pid))) return undefined;
    const entry = environmentOf(pid).find((variable) => variable.startsWith(`${marker}=${name}:`));
    return entry === undefined ? undefined : { pid, fingerprint: entry.slice(entry.indexOf(":") + 1) };
  } catch {
    return undefined;
  }
}

export function isAlive(name: string): boolean {
  return living(name) !== undefined;
}

/** Whether it runs with exactly this command and these files. */
export function isCurrent(daemon: Daemon): boolean {
  return living(daemon.name)?.fingerprint === fingerprint(daemon);
}

/**
 * Starts the daemon unless it runs already; one that runs with another command or other files is replaced.
 * Returns at once: a caller that needs it to be ready waits with {@link waitUntil}.
 * @returns whether there was anything to start.
 */
export async function startDaemon(daemon: Daemon): Promise<boolean> {
  const current = fingerprint(daemon);
  if (living(daemon.name)?.fingerprint === current) return false;
  await stopDaemon(daemon.name);

  mkdirSync(logDir, { recursive: true });
  mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
  const log = logFile(daemon.name);
  if (statSync(log, { throwIfNoEntry: false })) renameSync(log, join(logDir, `${daemon.name}.previous.log`));
  const output = openSync(log, "a");
  // The shell becomes the daemon, so its id is on file and in the cgroup before the program's first instruction.
  const enter = 'echo $$ >"$0" && echo $$ >"$1" && shift && exec "$@"';
  const network = daemon.network === "host" ? [] : ["nsenter", `--net=${networkNamespace}`];
  const child = spawn(
    "/bin/sh",
    ["-c", enter, daemonCgroupProcs, pidFile(daemon.name), ...network, ...daemon.command],
    {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: "/",
      env: { PATH: systemPath, HOME: runtimeDir, [marker]: `${daemon.name}:${current}` },
    },
  );
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  child.unref();
  // Until the shell has written the pid file, the daemon would look as if it had died.
  const deadline = Date.now() + 5_000;
  while (!isAlive(daemon.name) && child.exitCode === null && Date.now() < deadline) await sleep(5);
  if (child.exitCode !== null) throw daemonDied(daemon.name);
  return true;
}

/** Asks the daemon to end, waits, and kills it if it hasn't ended by then. */
export async function stopDaemon(name: string, timeoutMs = 5_000): Promise<void> {
  const running = readPid(name);
  if (running !== undefined) {
    send(running, "SIGTERM");
    // One that was stopped by a signal handles SIGTERM only once it goes on.
    send(running, "SIGCONT");
    if (!(await ended(name, running, timeoutMs))) {
      send(running, "SIGKILL");
      if (!(await ended(name, running, 5_000))) throw new Error(`${name} (process ${running}) can't be killed`);
    }
  }
  rmSync(pidFile(name), { force: true });
}

/** The id on file if that process, whatever its state, is still this daemon. */
function readPid(name: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(name), "utf8"));
    return environmentOf(pid).some((variable) => variable.startsWith(`${marker}=${name}:`)) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function ended(name: string, pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (readPid(name) === pid) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** @throws Error that names the first of the daemons which has ended. */
export function assertAlive(daemons: readonly Daemon[]): void {
  const dead = daemons.find(({ name }) => !isAlive(name));
  if (dead) throw daemonDied(dead.name);
}

/** An error that names the daemon and its log, with the last lines of the log. */
function daemonDied(name: string): Error {
  return new UserError(`${name} has ended unexpectedly. ${describeLog(name)}`);
}

function describeLog(name: string): string {
  const file = logFile(name);
  const lines = tail(file, 10);
  return [`Its log is ${file}`, ...(lines.length > 0 ? ["and ends with:", ...lines] : ["and is empty"])].join("\n  ");
}

function tail(file: string, count: number): string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").filter(Boolean).slice(-count);
  } catch {
    return [];
  }
}

export interface Wait {
  /** What is wrong as long as the condition doesn't hold, as in "the node isn't ready". */
  readonly what: string;
  /** The daemons without which it can't come true: when one ends, the wait ends with an error. */
  readonly daemons: readonly Daemon[];
  /** Seconds. */
  readonly timeout: number;
  readonly condition: () => Promise<boolean>;
  /** Ends the wait early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asks again and again until the condition holds; a condition that throws doesn't hold yet.
 * @throws Error that names the daemon which has died, or what wasn't reached in time and why.
 */
export async function waitUntil({ what, daemons, timeout, condition, signal }: Wait): Promise<void> {
  const deadline = Date.now() + timeout * 1_000;
  let reason: unknown;
  for (;;) {
    signal?.throwIfAborted();
    const holds = await condition().catch((error: unknown) => {
      reason = error;
      return false;
    });
    if (holds) return;
    assertAlive(daemons);
    if (Date.now() > deadline) {
      const last = daemons.at(-1)?.name;
      const cause = reason instanceof Error ? `: ${reason.message}` : "";
      throw new UserError(`${what} after ${timeout} s${cause}.${last ? ` ${last}: ${describeLog(last)}` : ""}`);
    }
    await sleep(100);
  }
}

/**
 * Ends daemons whose pid file is lost: left alone, they would hold the ports and files of those that replace them.
 * What containerd has started is spared, because containers live on while containerd is replaced.
 */
export async function killStrayDaemons(): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const strays = (await nodeProcesses()).filter(isStray);
    if (strays.length === 0) return;
    if (Date.now() > deadline) throw new Error(`processes ${strays.join(", ")} of the node can't be killed`);
    for (const pid of strays) send(pid, "SIGKILL");
    await sleep(50);
  }
}

function isStray(pid: number): boolean {
  try {
    const name = new RegExp(`(?:^|\\0)${marker}=([^:]+):`).exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1];
    const isShim = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("containerd-shim");
    return name !== undefined && !isShim && readPid(name) === undefined;
  } catch {
    // It has ended.
    return false;
  }
}
