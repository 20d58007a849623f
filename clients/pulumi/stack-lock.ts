import { limits, UserError } from "../../contract";
import { removeDeadLocks, removeEmptyLocks } from "./backend";
import { isDeadHere, type LockHolder } from "./lock-holder";
import { pause } from "../process/pause";
import { pulumi, type PulumiContext, refusalOf } from "./pulumi";

/** A lock on a stack, as a backend describes it in a refusal. Pulumi Cloud doesn't say whose it is. */
export interface Lock extends LockHolder {
  /** `runner@host` */
  readonly holder: string;
  /** ISO 8601, by the clock of that host. */
  readonly since?: string;
}

/** The lock that a refusal is about; undefined if `pulumi` refused for another reason. */
export function lockIn(refusal: string): Lock | undefined {
  if (refusal.includes("[409] Conflict: Another update is currently in progress")) {
    return { holder: "another update" };
  }
  const match = /currently locked by[\s\S]*created by (\S+@(\S+)) \(pid (\d+)\) at (\S+)/.exec(refusal);
  return match ? { holder: match[1]!, host: match[2]!, pid: Number(match[3]), since: match[4]! } : undefined;
}

export interface LockOptions {
  readonly report: (message: string) => void;
  /** Whether another source, such as the code host, says that the run with the lock has ended. */
  readonly hasEnded?: (lock: Lock) => Promise<boolean>;
  /** How long to wait for a run that is at work. @default {@link limits.lockSeconds} */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs an action that takes the stack's lock. Waits while another run holds it; removes the lock of a run that has provably ended.
 *
 * @throws UserError that names the holder, after `timeoutSeconds`
 */
export async function withLock<Result>(
  context: PulumiContext,
  stack: string,
  action: () => Promise<Result>,
  { report, hasEnded, timeoutSeconds = limits.lockSeconds, signal }: LockOptions,
): Promise<Result> {
  const started = performance.now();
  let reported = "";
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
            `If that run has ended, remove its lock: pulumi cancel --stack ${stack}`,
        );
      }
      if (await provenEnded(lock, hasEnded)) {
        report(`${stack} was locked by ${describe(lock)}, which has ended: removing its lock`);
        await removeLock(context, stack, lock);
        continue;
      }
      if (reported !== describe(lock)) {
        reported = describe(lock);
        report(`${stack} is locked by ${reported}: waiting for it to end`);
      }
      await pause(1000, signal);
    }
  }
}

const describe = ({ holder, pid, since }: Lock) =>
  pid === undefined ? holder : `${holder} (process ${pid}) since ${since}`;

/** True only if the run that took the lock can't be at work any more: no other lock is ever removed. */
export async function provenEnded(lock: Lock, hasEnded?: LockOptions["hasEnded"]): Promise<boolean> {
  return isDeadHere(lock) || ((await hasEnded?.(lock)) ?? false);
}

/** Removes only this lock if possible: `pulumi cancel` removes all, even one that was taken a moment ago. */
async function removeLock(context: PulumiContext, stack: string, lock: Lock): Promise<void> {
  if (!isDeadHere(lock) || !(await removeDeadLocks(context, stack))) {
    await pulumi(context, ["cancel", "--yes", "--stack", stack]);
  }
}
