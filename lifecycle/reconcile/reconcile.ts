import { isComplete, limits, type Pair, recordFrom, UserError } from "../../contract";
import type { CodeHost } from "../../clients/code-host";
import { deploymentOf } from "../../clients/pulumi/deployment";
import { stackName } from "../../clients/pulumi/stacks";
import { closeByNumber } from "../close";
import { answerAbout, gatherAnswers, gatherFound } from "../inventory/gather";
import type { SharedIdentity } from "../inventory/identity";
import { NotBuilt } from "../pairs";
import { deploy, type UpResult } from "../up";
import { type Workspace, zoneOf } from "../workspace";
import { carryOut, type Effects, type Outcome } from "./carry-out";
import { gatherChanges, resolveChange } from "./gather-changes";
import { isNoted } from "./is-noted";
import { isMeant, type Plan, plan, type Subject } from "./plan";

/** How long to wait for a preview that another run holds: the others wait, too. */
const timeoutSeconds = limits.reconcileLockSeconds;

export interface ReconcileOptions extends Subject {
  /** Whose previews to reconcile. */
  readonly site: SharedIdentity;
  readonly codeHost: CodeHost;
  readonly dryRun?: boolean;
  /** How many previews one run may close. @default 10 */
  readonly maxClosings?: number;
  /** Called with the plan before anything happens. */
  readonly show: (plan: Plan) => void;
  /** Called with each preview that was updated, and what it was paired with before. */
  readonly updated?: (pullRequest: number, result: Updated, former?: Pair) => Promise<void>;
}

export type Updated = Extract<UpResult, { readonly outcome: "up" }>;

export interface Reconciled {
  readonly plan: Plan;
  /** The outcome of each preview that was acted on; empty for a dry run. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** False if something failed, couldn't be determined, exceeded the cap, or was interrupted. */
  readonly ok: boolean;
}

/** Compares what exists with what the code host says, shows the plan, and carries it out. */
export async function reconcile(workspace: Workspace, options: ReconcileOptions): Promise<Reconciled> {
  const { report, interruption: signal } = workspace;
  const { site, codeHost, only, dryRun = false, maxClosings = 10, show } = options;
  const zone = zoneOf(workspace, site);
  const sources = { context: workspace, kubeContext: site.kubeContext, records: zone && (() => zone.ownedRecords()) };
  const all = await gatherFound(sources, site, report);
  const found = all.filter((one) => isMeant(one, options));
  const [answers, { changes, isComplete }] = await Promise.all([
    gatherAnswers(codeHost, found, new Date(), report),
    only === undefined || found[0] === undefined
      ? gatherChanges(workspace, found)
      : resolveChange(workspace, codeHost, found[0]),
  ]);
  const facts = { found, ...answers, changes };
  const planned = plan(facts, maxClosings);
  show(planned);

  const outcomes = dryRun
    ? new Map<number, Outcome>()
    : await carryOut(planned, facts, effectsOf(workspace, options), { report, signal });
  const hasFailed = [...outcomes.values()].some(({ outcome }) => outcome === "failed");
  const isUnknown = facts.open === undefined || !isComplete || [...facts.answers.values()].includes("no answer");
  return { plan: planned, outcomes, ok: !hasFailed && !isUnknown && !planned.isOverCap && !signal.aborted };
}

const effectsOf = (workspace: Workspace, { codeHost, only, updated }: ReconcileOptions): Effects => ({
  ask: (number) => answerAbout(codeHost, number, workspace.report),
  redeploy: async (pullRequest, commit, noted) => {
    if (!isNoted(await deploymentOf(workspace, stackName(pullRequest)), noted)) {
      return "what is deployed differs from the namespace's annotations: it was probably deployed by hand";
    }
    // The images of all others would be waited for in vain, one by one: the next run is soon enough.
    const waits = only !== undefined;
    const options = { ...commit, waits, timeoutSeconds, usesFile: false };
    const result = await deploy(workspace, pullRequest, codeHost, options).catch((error: unknown) => {
      if (error instanceof NotBuilt && !waits) {
        return { outcome: "stepped aside" as const, reason: error.message };
      }
      throw error;
    });
    if (result.outcome === "stepped aside") {
      return result.reason;
    }
    await updated?.(pullRequest, result, noted.pair);
    return undefined;
  },
  close: async (pullRequest, confirm) => {
    const receipt = await closeByNumber(workspace, pullRequest, {
      confirm: (namespace) => confirm(namespace && recordFrom(namespace.annotations)),
      timeoutSeconds,
    });
    if (!isComplete(receipt)) {
      throw new UserError(`something is left: preview close ${pullRequest} says what`);
    }
  },
});
