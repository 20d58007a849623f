import assert from "node:assert/strict";
import { isWhole } from "../extent";
import { note } from "./table";

/** Counts what comes of the tries of one fault. */
export interface Tries {
  /** Does what recovers from the fault, and times it. */
  readonly recover: (action: () => Promise<void>) => Promise<void>;
  /** Is told what is still there after a closing. */
  readonly left: (names: readonly string[]) => void;
}

/** A test of one fault. Its line in the table is there whatever comes of it. */
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
