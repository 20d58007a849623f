import { appendFileSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";
import type { Timing } from "../embedded";

const { EVENT_HOOK_BEGIN, EVENT_HOOK_END, EVENT_RUN_END, EVENT_TEST_BEGIN, EVENT_TEST_END, EVENT_TEST_FAIL } =
  Mocha.Runner.constants;

/**
 * Writes the duration of each test and hook of a runner to a file, one JSON object per line.
 *
 * @param target the file @default the one that `npm test` names in TEST_TIMES; without it nothing is written
 */
export function timeTests(runner: Mocha.Runner, target = process.env.TEST_TIMES): void {
  if (target === undefined) {
    return;
  }
  let started = now();
  let test: Mocha.Test | undefined;
  const note = (what: Mocha.Test | Mocha.Hook) => {
    const spent = now();
    const file = fileOf(what, runner);
    const timing: Timing = {
      suite: file.split("/")[1] ?? "",
      file,
      title: what
        .titlePath()
        .filter((title) => title !== file)
        .join(" "),
      seconds: spent.wall - started.wall,
      cpuSeconds: spent.cpu - started.cpu,
    };
    appendFileSync(target, `${JSON.stringify(timing)}\n`);
  };
  const isOnce = (hook: Mocha.Hook) => /^"(before|after) all"/.test(hook.title);
  /** A test's time includes its hooks; only the next event shows which was the last. */
  const endTest = () => {
    if (test !== undefined) {
      note(test);
      test = undefined;
    }
  };

  runner.on(EVENT_TEST_BEGIN, () => {
    endTest();
    started = now();
  });
  runner.on(EVENT_TEST_END, (ended) => {
    // A skipped test hasn't begun.
    test = ended.isPending() ? test : ended;
  });
  runner.on(EVENT_HOOK_BEGIN, (hook) => {
    if (isOnce(hook)) {
      endTest();
      started = now();
    }
  });
  runner.on(EVENT_HOOK_END, (hook) => {
    if (isOnce(hook)) {
      note(hook);
    }
  });
  runner.on(EVENT_TEST_FAIL, (failed) => {
    // A failing hook has no end event.
    if (failed instanceof Mocha.Hook && isOnce(failed)) {
      note(failed);
    }
  });
  runner.once(EVENT_RUN_END, endTest);
}

/** CPU time of this process and its children that have ended, in seconds. */
function now(): { wall: number; cpu: number } {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]!.split(" ");
  // utime, stime, cutime and cstime of proc(5), in hundredths of a second.
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return { wall: performance.now() / 1000, cpu: ticks / 100 };
}

/** A bundle's suites are named after its files. Root hooks belong to the file that is running. */
function fileOf(what: Mocha.Test | Mocha.Hook, runner: Mocha.Runner): string {
  const named = what.titlePath()[0] ?? "";
  return named.endsWith(".test.ts")
    ? named
    : relative(process.cwd(), what.file ?? what.parent?.file ?? runner.suite.suites.at(-1)?.file ?? "");
}
