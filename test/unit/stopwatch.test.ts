import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Mocha from "mocha";
import type { Timing } from "../../embedded/testing/times";
import { timeTests } from "../stopwatch";

describe("the tests' stopwatch", () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-test-stopwatch-"));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs a suite with mocha itself. */
  async function timed(define: (suite: Mocha.Suite) => void): Promise<Timing[]> {
    const target = join(folder, "times");
    rmSync(target, { force: true });
    const mocha = new Mocha({ timeout: 1000 });
    const suite = Mocha.Suite.create(mocha.suite, "a suite");
    suite.file = join(process.cwd(), "test/engine/some.test.ts");
    define(suite);
    const runner = new Mocha.Runner(mocha.suite, { delay: false });
    timeTests(runner, target);
    await new Promise<void>((resolve) => {
      runner.run(() => resolve());
    });
    const lines = readFileSync(target, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Timing);
  }

  it("counts a test's own hooks with the test, and hooks that run once separately", async () => {
    const [once, one, ...more] = await timed((suite) => {
      suite.beforeAll(() => sleep(60));
      suite.beforeEach(() => sleep(30));
      suite.afterEach(() => sleep(30));
      suite.addTest(new Mocha.Test("one", () => sleep(30)));
      suite.addTest(new Mocha.Test("skipped"));
    });
    assert.match(once!.title, /^a suite "before all" hook/);
    assert.deepEqual([one!.title, one!.suite, one!.file], ["a suite one", "engine", "test/engine/some.test.ts"]);
    assert.ok(once!.seconds >= 0.055, String(once!.seconds));
    assert.ok(one!.seconds >= 0.085, String(one!.seconds));
    assert.deepEqual(more, []);
  });

  it("includes a hook that fails", async () => {
    const [once, ...more] = await timed((suite) => {
      suite.beforeAll(() => sleep(30).then(() => Promise.reject(new Error("no"))));
      suite.addTest(new Mocha.Test("one", () => undefined));
    });
    assert.match(once!.title, /"before all" hook/);
    assert.ok(once!.seconds >= 0.025, String(once!.seconds));
    assert.deepEqual(more, []);
  });
});
