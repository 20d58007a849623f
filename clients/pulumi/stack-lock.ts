import { limits, UserError } from "../../contract";
import { removeDeadLocks, removeEmptyLocks } from "./backend";
import { isDeadHere, type LockHolder } from "./lock-holder";
import { pause } from "../process/pause";
import { pulumi, type PulumiContext, refusalOf } from "./pulumi";

/** A lock on a stack, as a backend tells of it when it refuses an update. Pulumi Cloud tells nothing of whose it is. */
export interface Lock extends LockHolder {
  /** `runner@host` */
  readonly holder: string;
  /** ISO 8601, by the clock of that host. */
  readonly since?: string;
}

/** The lock that a refusal of `pulumi` tells of; undefined where it refused for another reason. */
export function lockIn(refusal: string): Lock | undefined {
  if (refusal.includes("[409] Conflict: Another update is currently in progress")) {
    return { holder: "another update" };
  }
  const match = /currently locked by[\s\S]*created by (\S+@(\S+)) \(pid (\d+)\) at (\S+)/.exec(refusal);
  return match ? { holder: match[1]!, host: match[2]!, pid: Number(match[3]), since: match[4]! } : undefined;
}

export interface LockOptions {
  readonly report: (message: string) => void;
  /** True when something else than this machine knows that the run which took the lock has ended. */
  readonly hasEnded?: (lock: Lock) => Promise<boolean>;
  /** How long to wait for a run that is still at work. @default {@link limits.lockSeconds} */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Does what needs the stack's lock. A run that holds it is waited for; the lock of one that is proven to have ended is
 * taken away.
 *
 * @throws UserError that names the holder, when it takes longer than that
 */
export async function withLock<Result>(
  context: PulumiContext,
  stack: string,
  action: () => Promise<Result>,
  { report, hasEnded, timeoutSeconds = limits.lockSeconds, signal }: LockOptions,
): Promise<Result> {
  const started = performance.now();
  let told = "";
  for (;;) {
    try {
      return await action();
    } catch (error) {
      const refusal = refusalOf(error) ?? "";
      const lock = lockIn(refusal);
      if (lock === undefined) {
        if (/unexpected end of JSON input/.test(refusal) && (await removeEmptyLocks(context, stack, report))) {
          continue;
        }
        throw error;
      }
      signal?.throwIfAborted();
      if ((performance.now() - started) / 1000 > timeoutSeconds) {
        throw new UserError(
          `${stack} has been locked by ${describe(lock)} for longer than ${timeoutSeconds} s. ` +
            `If that run has ended, take its lock away: pulumi cancel --stack ${stack}`,
        );
      }
      if (await provenEnded(lock, hasEnded)) {
        report(`${stack} was locked by ${describe(lock)}, which has ended: its lock is taken away`);
        await takeAway(context, stack, lock);
        continue;
      }
      if (told !== describe(lock)) {
        told = describe(lock);
        report(`${stack} is locked by ${told}: waiting for it to end`);
      }
      await pause(1000, signal);
    }
  }
}

const describe = ({ holder, pid, since }: Lock) =>
  pid === undefined ? holder : `${holder} (process ${pid}) since ${since}`;

/** True only where the run that took the lock can't be at work any more: nobody else's lock is ever taken away. */
export async function provenEnded(lock: Lock, hasEnded?: LockOptions["hasEnded"]): Promise<boolean> {
  return isDeadHere(lock) || ((await hasEnded?.(lock)) ?? false);
}

/** By itself where that can be done: `pulumi cancel` takes every lock, also one that was taken a moment ago. */
async function takeAway(context: PulumiContext, stack: string, lock: Lock): Promise<void> {
  if (!isDeadHere(lock) || !(await removeDeadLocks(context, stack))) {
    await pulumi(context, ["cancel", "--yes", "--stack", stack]);
  }
}
