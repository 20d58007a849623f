import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who has taken a lock, as far as that is known. */
export interface LockHolder {
  readonly host?: string;
  readonly pid?: number;
}

/** Proven only on the machine that took it: there is no such process any more, or another program has its number. */
export function isDeadHere({ host, pid }: LockHolder): boolean {
  return pid !== undefined && host === hostname() && !commandOf(pid).includes("pulumi");
}

function commandOf(pid: number): string {
  try {
    // Empty for a process that has ended and that nobody has waited for.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
