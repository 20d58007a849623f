import { type LifecycleRecord, UserError } from "../../contract";
import type { Answer } from "../inventory/answer";
import { type Commit, judge, type Facts, type Plan, type Row } from "./plan";

/** The side effects of reconciling, each of which may fail. */
export interface Effects {
  /** Asks the code host about one pull request. */
  ask(pullRequest: number): Promise<Answer>;
  /**
   * Closes a preview.
   *
   * @param confirm called immediately before, with the namespace's current record; throws if the preview is to stay
   * @throws what `confirm` throws, or a UserError if something is left
   */
  close(pullRequest: number, confirm: (record: LifecycleRecord | undefined) => Promise<void>): Promise<void>;
  /**
   * Deploys a commit; resolves to the reason if the preview was left alone.
   *
   * @param noted what is deployed according to the plan
   */
  redeploy(pullRequest: number, commit: Commit, noted: LifecycleRecord): Promise<string | undefined>;
}

export type Outcome =
  | { readonly outcome: "done" }
  | { readonly outcome: "left alone"; readonly why: string }
  | { readonly outcome: "failed"; readonly why: string };

export interface Options {
  /** Called when a preview's turn begins and ends. */
  readonly report: (message: string) => void;
  /** Seconds for which an answer of the code host stays valid. @default 15 */
  readonly freshFor?: number;
  /** Stops before the next preview. */
  readonly signal?: AbortSignal;
}

/** The preview is to stay after all. */
class Stays extends UserError {}

/**
 * Executes the plan one preview at a time, closings first; a failure doesn't stop the rest. Before it closes a preview, it asks
 * the code host again if the answer isn't fresh any more: a pull request that was reopened meanwhile keeps its preview, and so
 * does one whose preview had expired and that was pushed to.
 */
export async function carryOut(
  { rows }: Plan,
  facts: Facts,
  effects: Effects,
  { report, freshFor = 15, signal }: Options,
): Promise<Map<number, Outcome>> {
  const started = performance.now();
  const isFresh = () => performance.now() - started < freshFor * 1000;
  const outcomes = new Map<number, Outcome>();
  for (const row of inOrder(rows)) {
    if (signal?.aborted) {
      break;
    }
    report(`${row.name}: ${row.action}, ${row.reason}`);
    const outcome = await attempt(row, facts, effects, isFresh);
    outcomes.set(row.pullRequest, outcome);
    report(`${row.name}: ${outcome.outcome}${"why" in outcome ? `, ${outcome.why}` : ""}`);
  }
  return outcomes;
}

const inOrder = (rows: readonly Row[]) => [
  ...rows.filter(({ action }) => action === "close"),
  ...rows.filter(({ action }) => action === "redeploy"),
];

async function attempt(row: Row, facts: Facts, effects: Effects, isFresh: () => boolean): Promise<Outcome> {
  const { pullRequest } = row;
  try {
    if (row.commit !== undefined && row.namespace !== undefined) {
      const why = await effects.redeploy(pullRequest, row.commit, row.namespace.record);
      return why === undefined ? { outcome: "done" } : { outcome: "left alone", why };
    }
    await effects.close(pullRequest, async (record) => {
      const namespace = row.namespace && record && { ...row.namespace, record };
      const known = isFresh() ? facts : withAnswer(facts, pullRequest, await effects.ask(pullRequest));
      const { action, reason } = judge({ ...row, namespace }, known);
      if (action !== "close") {
        throw new Stays(`meanwhile ${reason}`);
      }
    });
    return { outcome: "done" };
  } catch (error) {
    return { outcome: error instanceof Stays ? "left alone" : "failed", why: (error as Error).message };
  }
}

function withAnswer(facts: Facts, pullRequest: number, answer: Answer): Facts {
  const others = facts.open?.filter(({ number }) => number !== pullRequest);
  return { ...facts, open: others, answers: new Map([[pullRequest, answer]]) };
}
