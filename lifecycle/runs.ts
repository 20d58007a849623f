import { hostname } from "node:os";
import type { CodeHost } from "../clients/code-host";
import type { LockOptions } from "../clients/pulumi/stack-lock";
import { pulumi, type PulumiContext } from "../clients/pulumi/pulumi";
import type { ProjectRun } from "./workspace";

/** A workflow's run, as it is recorded in a tag of the stack before it takes the lock. */
interface Run {
  readonly id: string;
  /** The runner's host name, which a lock names as well. */
  readonly host: string;
}

const tag = "preview-stack:runs";
/** Runs of one pull request queue up, so the lock is one of these last ones'. */
const kept = 5;

/**
 * Records that this run of a workflow is about to take the stack's lock, so that a later one can ask whether it has
 * ended; does nothing outside of workflows.
 */
export async function noteRun(context: ProjectRun, stack: string): Promise<void> {
  const id = context.run.reference;
  if (id === undefined) {
    return;
  }
  const runs = [...(await notedRuns(context, stack)), { id, host: hostname() }].slice(-kept);
  await pulumi(context, ["stack", "tag", "set", tag, JSON.stringify(runs), "--stack", stack]);
}

/**
 * Tells whether the run that took a lock has ended, by asking the code host about every noted run that could have: the
 * others of the same host. Without one noted, nothing is proven.
 */
export function endedRun(
  context: ProjectRun,
  stack: string,
  codeHost: CodeHost | undefined,
): NonNullable<LockOptions["hasEnded"]> {
  return async ({ host }) => {
    if (codeHost === undefined) {
      return false;
    }
    const own = context.run.reference;
    const candidates = (await notedRuns(context, stack)).filter((run) => run.host === host && run.id !== own);
    const ended = await Promise.all(candidates.map(({ id }) => codeHost.runEnded(id)));
    return ended.length > 0 && ended.every(Boolean);
  };
}

async function notedRuns(context: PulumiContext, stack: string): Promise<Run[]> {
  const tags = JSON.parse(await pulumi(context, ["stack", "tag", "ls", "--json", "--stack", stack])) as Record<
    string,
    string
  >;
  return JSON.parse(tags[tag] ?? "[]") as Run[];
}
