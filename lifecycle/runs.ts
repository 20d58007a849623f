import { hostname } from "node:os";
import type { CodeHost } from "../clients/code-host";
import type { LockOptions } from "../clients/pulumi/stack-lock";
import { pulumi, type PulumiContext } from "../clients/pulumi/pulumi";
import type { ProjectRun } from "./workspace";

/** A workflow run, as recorded in a stack tag before it takes the lock. */
interface Run {
  readonly id: string;
  /** The runner's host name, which its lock has, too. */
  readonly host: string;
}

const tag = "preview-stack:runs";
/** Runs of one pull request queue up, so one of the latest few holds the lock. */
const keptRuns = 5;

/**
 * Records that this workflow run is about to take the stack's lock, so that a later one can ask whether it has ended. Does
 * nothing outside a workflow.
 */
export async function recordRun(context: ProjectRun, stack: string): Promise<void> {
  const id = context.run.reference;
  if (id === undefined) {
    return;
  }
  const runs = [...(await recordedRuns(context, stack)), { id, host: hostname() }].slice(-keptRuns);
  await pulumi(context, ["stack", "tag", "set", tag, JSON.stringify(runs), "--stack", stack]);
}

/**
 * Whether the run that holds a lock has ended, by asking the code host about every recorded run that may hold it: the others on
 * the same host. False if none is recorded.
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
    const candidates = (await recordedRuns(context, stack)).filter((run) => run.host === host && run.id !== own);
    const ended = await Promise.all(candidates.map(({ id }) => codeHost.runEnded(id)));
    return ended.length > 0 && ended.every(Boolean);
  };
}

async function recordedRuns(context: PulumiContext, stack: string): Promise<Run[]> {
  const tags = JSON.parse(await pulumi(context, ["stack", "tag", "ls", "--json", "--stack", stack])) as Record<
    string,
    string
  >;
  return JSON.parse(tags[tag] ?? "[]") as Run[];
}
