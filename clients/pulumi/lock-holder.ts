import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a lock, as far as that is known. */
export interface LockHolder {
  readonly host?: string;
  readonly pid?: number;
}

/** Whether the holder was a process on this machine that has ended: it is gone, or another program has its pid. */
export function isDeadHere({ host, pid }: LockHolder): boolean {
  return pid !== undefined && host === hostname() && !commandOf(pid).includes("pulumi");
}

function commandOf(pid: number): string {
  try {
    // Empty for a zombie.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
