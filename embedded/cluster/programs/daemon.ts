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
  /** Files that it reads at its start. If one changes, the daemon is restarted. */
  readonly files?: readonly string[];
  /** Whether it runs in the node's network namespace (the default) or the host's. */
  readonly network?: "node" | "host";
}

/** Set in a daemon's environment, to verify that a pid file's process is the daemon and not one that reuses its id. */
const marker = "PREVIEW_STACK_DAEMON";

export const pidFile = (name: string): string => join(runtimeDir, `${name}.pid`);

const logFile = (name: string): string => join(logDir, `${name}.log`);

/** A hash of the command, the files that it reads and its network namespace. */
function fingerprint(daemon: Daemon): string {
  const hash = createHash("sha256").update(JSON.stringify([daemon.command, daemon.network ?? "node"]));
  for (const file of daemon.files ?? []) hash.update(readFileSync(file));
  if (daemon.network !== "host") hash.update(String(statSync(networkNamespace).ino));
  return hash.digest("hex");
}

/** The state as one letter, see proc(5). */
const stateOf = (pid: number): string =>
  /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "X";

/**
 * A process's variables. Linux shows none during an exec, which takes a moment for a program of 100 MB that isn't in memory
 * yet: then they are read again.
 */
function environmentOf(pid: number): string[] {
  const deadline = Date.now() + 2_000;
  for (;;) {
    const text = readFileSync(`/proc/${pid}/environ`, "utf8");
    if (text !== "" || "ZX".includes(stateOf(pid)) || Date.now() > deadline) return text.split("\0");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

/** The daemon's process id, and the fingerprint from its environment; undefined unless it is running. */
function living(name: string): { pid: number; fingerprint: string } | undefined {
  try {
    const pid = Number(readFileSync(pidFile(name), "utf8"));
    // Neither a stopped process (T) nor a zombie (Z) is alive.
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

/** Whether it is running with this command and these files. */
export function isCurrent(daemon: Daemon): boolean {
  return living(daemon.name)?.fingerprint === fingerprint(daemon);
}

/**
 * Starts the daemon unless it is running; replaces it if it is running with another command or other files. Returns at once: to
 * wait until it is ready, use {@link waitUntil}.
 * @returns whether it was started
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
  // The shell becomes the daemon, so that its id is in the pid file and in the cgroup before the program starts.
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
  // Until the shell has written the pid file, the daemon would look dead.
  const deadline = Date.now() + 5_000;
  while (!isAlive(daemon.name) && child.exitCode === null && Date.now() < deadline) await sleep(5);
  if (child.exitCode !== null) throw daemonDied(daemon.name);
  return true;
}

/** Sends SIGTERM to the daemon, and SIGKILL if it hasn't exited in time. */
export async function stopDaemon(name: string, timeoutMs = 5_000): Promise<void> {
  const running = readPid(name);
  if (running !== undefined) {
    send(running, "SIGTERM");
    // A stopped process handles SIGTERM only once it continues.
    send(running, "SIGCONT");
    if (!(await ended(name, running, timeoutMs))) {
      send(running, "SIGKILL");
      if (!(await ended(name, running, 5_000))) throw new Error(`${name} (process ${running}) can't be killed`);
    }
  }
  rmSync(pidFile(name), { force: true });
}

/** The id in the pid file if that process is still this daemon, in whatever state. */
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
    // It has exited in the meantime.
  }
}

/** @throws UserError that names a daemon that has exited */
export function assertAlive(daemons: readonly Daemon[]): void {
  const dead = daemons.find(({ name }) => !isAlive(name));
  if (dead) throw daemonDied(dead.name);
}

/** An error with the daemon's name, its log file and the last lines of it. */
function daemonDied(name: string): Error {
  return new UserError(`${name} has exited unexpectedly. ${describeLog(name)}`);
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
  /** What is wrong until the condition holds, such as "the node isn't ready". */
  readonly what: string;
  /** The daemons that the condition depends on: if one exits, the wait fails. */
  readonly daemons: readonly Daemon[];
  /** Seconds. */
  readonly timeout: number;
  readonly condition: () => Promise<boolean>;
  /** Cancels the wait, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Polls until the condition holds. If it throws, it doesn't hold yet.
 * @throws UserError that names the daemon that has exited, or what hasn't happened in time and why
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
 * Kills daemons whose pid file is lost, since they would hold the ports and files of their replacements. Spares containerd's
 * shims, since containers keep running while containerd is replaced.
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
    // It has exited.
    return false;
  }
}
