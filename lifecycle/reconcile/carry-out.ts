import { type Answer, type Commit, judge, type Facts, type Plan, type Row } from "./plan";

/** What reconciling does, each of which may fail. */
export interface Hands {
  /** Asks the code host about one pull request now. */
  ask(pullRequest: number): Promise<Answer>;
  /** Closes a preview. @throws where not all of it is gone */
  close(pullRequest: number): Promise<void>;
  /** Brings a preview to a commit; resolves to the reason why it was left alone, where it was. */
  redeploy(pullRequest: number, commit: Commit): Promise<string | undefined>;
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

/**
 * Does what the plan says, one preview after the other, closings first; a failure doesn't keep the others from their
 * turn. Before a preview is closed the code host is asked again where its answer isn't fresh any more: a pull request that
 * was opened again meanwhile keeps its preview.
 */
export async function carryOut(
  { rows }: Plan,
  facts: Facts,
  hands: Hands,
  { report, freshFor = 15, signal }: Options,
): Promise<Map<number, Outcome>> {
  const started = performance.now();
  const outcomes = new Map<number, Outcome>();
  for (const row of inOrder(rows)) {
    if (signal?.aborted) {
      break;
    }
    report(`${row.name}: ${row.action}, ${row.reason}`);
    const isFresh = performance.now() - started < freshFor * 1000;
    const outcome = await attempt(row, facts, hands, isFresh);
    outcomes.set(row.pullRequest, outcome);
    report(`${row.name}: ${outcome.outcome}${"why" in outcome ? `, ${outcome.why}` : ""}`);
  }
  return outcomes;
}

const inOrder = (rows: readonly Row[]) => [
  ...rows.filter(({ action }) => action === "close"),
  ...rows.filter(({ action }) => action === "redeploy"),
];

async function attempt(row: Row, facts: Facts, hands: Hands, isFresh: boolean): Promise<Outcome> {
  const { pullRequest } = row;
  try {
    if (row.commit !== undefined) {
      const why = await hands.redeploy(pullRequest, row.commit);
      return why === undefined ? { outcome: "done" } : { outcome: "left alone", why };
    }
    const again = isFresh ? row : judge(row, answeredAnew(facts, pullRequest, await hands.ask(pullRequest)));
    if (again.action !== "close") {
      return { outcome: "left alone", why: `meanwhile ${again.reason}` };
    }
    await hands.close(pullRequest);
    return { outcome: "done" };
  } catch (error) {
    return { outcome: "failed", why: (error as Error).message };
  }
}

function answeredAnew(facts: Facts, pullRequest: number, answer: Answer): Facts {
  const others = facts.open?.filter(({ number }) => number !== pullRequest);
  return { ...facts, open: others, answers: new Map([[pullRequest, answer]]) };
}
