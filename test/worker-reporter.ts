import { relative } from "node:path";
import type Mocha from "mocha";
import { timeTests } from "./stopwatch";

interface BufferedReporter {
  new (runner: Mocha.Runner, options?: Mocha.MochaOptions): object;
}

// Mocha has no other name for it (https://mochajs.org/features/parallel-mode/#custom-reporters).
// eslint-disable-next-line @typescript-eslint/no-require-imports
const ParallelBuffered = require("mocha/lib/nodejs/reporters/parallel-buffered.cjs") as BufferedReporter;

/** For a process that runs one file beside others: mocha's own, which also times what runs. */
export = class TimingWorker extends ParallelBuffered {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    timeTests(runner);
    // What comes of it is shown when all of the file is through.
    runner.once("start", () => console.error(`› ${relative(process.cwd(), runner.suite.suites.at(-1)?.file ?? "")}`));
  }
};
