import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's spec reporter, which also writes the counts to the file that TEST_COUNTS names: `npm test` adds them up. */
export = class CountingSpec extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(process.env.TEST_COUNTS!, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
};
