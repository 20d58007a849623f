import { type LifecycleRecord, UserError } from "../../contract";
import { type Answer, type Commit, judge, type Facts, type Plan, type Row } from "./plan";

/** What reconciling does, each of which may fail. */
export interface Effects {
  /** Asks the code host about one pull request now. */
  ask(pullRequest: number): Promise<Answer>;
  /**
   * Closes a preview, unless it is not to go any more.
   *
   * @param confirm is asked immediately before, with what is noted in the namespace by then; throws where it is to stay
   * @throws what `confirm` throws, or where not all of it is gone
   */
  close(pullRequest: number, confirm: (record: LifecycleRecord | undefined) => Promise<void>): Promise<void>;
  /**
   * Brings a preview to a commit; resolves to the reason why it was left alone, where it was.
   *
   * @param noted what the plan takes for deployed
   */
  redeploy(pullRequest: number, commit: Commit, noted: LifecycleRecord): Promise<string | undefined>;
}

export type Outcome =
  | { readonly outcome: "done" }
  | { readonly outcome: "left alone"; readonly why: string }
  | { readonly outcome: "failed"; readonly why: string };

export interface Options {
  /** Is told what is begun and how it ended. */
  readonly report: (message: string) => void;
  /** Seconds for which an answer of the code host is as good as a new one. @default 15 */
  readonly freshFor?: number;
  /** Ends the work before the next preview. */
  readonly signal?: AbortSignal;
}

/** A preview is to stay after all. */
class Stays extends UserError {}

/**
 * Does what the plan says, one preview after the other, closings first; a failure doesn't keep the others from their
 * turn. Before a preview is closed, and after another run was waited for, the code host is asked again where its answer
 * isn't fresh any more: a pull request that was opened again meanwhile keeps its preview, and so does one that was pushed to
 * where its time was up.
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
      const known = isFresh() ? facts : answeredAnew(facts, pullRequest, await effects.ask(pullRequest));
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

function answeredAnew(facts: Facts, pullRequest: number, answer: Answer): Facts {
  const others = facts.open?.filter(({ number }) => number !== pullRequest);
  return { ...facts, open: others, answers: new Map([[pullRequest, answer]]) };
}
