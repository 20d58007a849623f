import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { UserError } from "../contract";
import { interruption } from "../clients/process/interruption";
import { say } from "./log";
import { holderFile, lockHolder, somebody, stale } from "./machine-lock-holder.cjs";
import { stateDir } from "./paths";

export interface LockOptions {
  /** Whether to wait for another command that is running on this machine. @default true */
  readonly wait?: boolean;
}

const timeoutMs = 3600_000;

/**
 * Runs something exclusively among the start, stop, test and bench commands of this machine, since all clones share one node.
 *
 * @throws UserError that names the command holding the lock, at once or after an hour
 */
export async function exclusively<Result>(
  work: () => Promise<Result>,
  { wait = true }: LockOptions = {},
): Promise<Result> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const release = await acquire(wait ? timeoutMs : 0);
  const command = process.argv.slice(2).join(" ");
  writeFileSync(holderFile, JSON.stringify({ command, pid: process.pid, since: new Date().toISOString() }));
  try {
    return await work();
  } finally {
    rmSync(holderFile, { force: true });
    await release();
  }
}

async function acquire(timeoutMs: number): Promise<() => Promise<void>> {
  const started = performance.now();
  for (let told = false; ; told = true) {
    try {
      return await lock(stateDir, { stale, update: 5_000 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
        throw error;
      }
    }
    const holder = lockHolder() ?? somebody;
    if (performance.now() - started >= timeoutMs) {
      throw new UserError(`${holder} is running on this machine; try again once it has finished`);
    }
    if (!told) {
      say(`Waiting for ${holder}, up to an hour`);
    }
    await sleep(1000, undefined, { signal: interruption }).catch(() => interruption.throwIfAborted());
  }
}
