import { readdirSync, readFileSync } from "node:fs";

/**
 * All descendants of a process, including those in their own process groups, as Pulumi's plugins are.
 *
 * @param program only processes with this name @default all
 */
export function descendantsOf(pid: number, program = /^/): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), ...read(name) }));
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid)
    .filter(({ name = "" }) => program.test(name))
    .map((one) => one.pid);
}

/** Nothing if it has ended meanwhile. */
function read(pid: string): { name?: string; parent?: number } {
  try {
    const match = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return { name: match?.[1], parent: Number(match?.[2]) };
  } catch {
    return {};
  }
}

/** Sends a signal to those of the processes that still exist. */
export function signal(pids: readonly number[], name: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has already ended.
    }
  }
}

/** Whether a process is running, and not a zombie. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};
