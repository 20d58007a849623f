import assert from "node:assert/strict";
import { isWhole } from "../extent";
import { note } from "./table";

/** Records how the tries of one fault end. */
export interface Tries {
  /** Runs and times the recovery. */
  readonly recover: (action: () => Promise<void>) => Promise<void>;
  /** Records what a closing left behind. */
  readonly left: (names: readonly string[]) => void;
}

/** A test of one fault. It adds a line to the table, whether it passes or fails. */
export function faultTest(fault: string, tries: number, run: (tries: Tries) => Promise<void>): Mocha.Test {
  return it(fault, async () => {
    const times: number[] = [];
    const orphans: string[] = [];
    try {
      await run({
        recover: async (action) => {
          const started = performance.now();
          await action();
          times.push((performance.now() - started) / 1000);
        },
        left: (names) => void orphans.push(...names),
      });
    } finally {
      note({ fault, tries, recovered: times.length, seconds: Math.max(0, ...times), orphans: orphans.length });
    }
    assert.deepEqual(orphans, []);
    assert.equal(times.length, tries);
  }).timeout(isWhole ? 4 * 3600_000 : 600_000);
}
