import { print, say } from "../../cli/output/print";
import { carryOut, type Hands, type Outcome } from "./carry-out";
import type { Site } from "../inventory/found";
import { answerAbout, gatherAnswers, gatherFound, type Sources } from "../inventory/gather";
import { plan } from "./plan";
import { asJson, planAsText } from "../../cli/output/plan-table";

export interface ReconcileOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  /** How many previews one run may close. @default 10 */
  readonly maxClosings?: number;
}

/** What reconciling works on and with. */
export interface Reconciliation extends Sources, Pick<Hands, "close" | "redeploy"> {
  readonly site: Site;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compares what there is with what the code host says, shows what is to be done about it, and does it. The exit code is
 * 1 where something failed, wasn't known, or was too much.
 */
export async function reconcileSite(
  work: Reconciliation,
  { dryRun = false, json = false, maxClosings = 10 }: ReconcileOptions,
): Promise<void> {
  const { codeHost, site, report, signal } = work;
  const found = await gatherFound(work, site, report);
  const facts = { found, ...(await gatherAnswers(codeHost, found, new Date(), report)) };
  const planned = plan(facts, maxClosings);
  // The plan is seen before anything happens, also by whoever waits for the JSON.
  (json ? say : print)(planAsText(planned));

  const hands = { ...work, ask: (number: number) => answerAbout(codeHost, number, report) };
  const outcomes = dryRun ? new Map<number, Outcome>() : await carryOut(planned, facts, hands, { report, signal });
  if (json) {
    print(asJson(planned, outcomes));
  }
  const hasFailed = [...outcomes.values()].some(({ outcome }) => outcome === "failed");
  const isUnknown = facts.open === undefined || [...facts.answers.values()].includes("no answer");
  process.exitCode = hasFailed || isUnknown || planned.isOverCap || signal?.aborted === true ? 1 : 0;
}
