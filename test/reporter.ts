import { appendFileSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { timeTests } from "./stopwatch";

/** Missing from mocha's types (https://mochajs.org/features/parallel-mode/#custom-reporters). */
interface ParallelRunner {
  isParallelMode(): boolean;
  workerReporter(path: string): void;
}

/** Mocha's spec reporter, which also writes the counts to the file that TEST_COUNTS names: `npm test` adds them up. */
export = class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner & ParallelRunner, options?: Mocha.MochaOptions) {
    super(runner, options);
    if (runner.isParallelMode()) {
      runner.workerReporter(join(__dirname, "worker-reporter.ts"));
    } else {
      timeTests(runner);
    }
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(process.env.TEST_COUNTS!, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
};
