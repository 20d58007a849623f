import { relative } from "node:path";
import type Mocha from "mocha";
import { timeTests } from "./stopwatch";

interface BufferedReporter {
  new (runner: Mocha.Runner, options?: Mocha.MochaOptions): object;
}

// Mocha exports it under no other name (https://mochajs.org/features/parallel-mode/#custom-reporters).
// eslint-disable-next-line @typescript-eslint/no-require-imports
const ParallelBuffered = require("mocha/lib/nodejs/reporters/parallel-buffered.cjs") as BufferedReporter;

/** Mocha's own reporter for a process that runs one of several files in parallel, with a stopwatch. */
export = class TimingWorker extends ParallelBuffered {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    timeTests(runner);
    // Its results are shown once the whole file has run.
    runner.once("start", () => console.error(`› ${relative(process.cwd(), runner.suite.suites.at(-1)?.file ?? "")}`));
  }
};
