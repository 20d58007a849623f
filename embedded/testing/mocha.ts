import { execa } from "execa";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../paths";
import type { Run } from "./suites";
import type { Timing } from "./times";

/** The results of one or several runs. */
export interface Results {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
  readonly timings: readonly Timing[];
}

export const failed: Results = { passes: 0, failures: 1, pending: 0, timings: [] };

/** Runs mocha once. A run that exits without writing its counts is a failure. */
export async function mocha({ config, files, jobs }: Run, env: Readonly<Record<string, string>>): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-test-"));
  const [counts, times] = [join(folder, "counts"), join(folder, "times")];
  const parallel = jobs === undefined ? ["--no-parallel"] : ["--parallel", `--jobs=${jobs}`];
  try {
    const { exitCode } = await execa(
      join(checkout, "node_modules/.bin/mocha"),
      [`--config=test/${config}.mocharc.json`, "--reporter=test/reporter.ts", ...parallel, ...files],
      { cwd: checkout, env: { ...env, TEST_COUNTS: counts, TEST_TIMES: times }, stdio: "inherit", reject: false },
    );
    const timings = existsSync(times) ? jsonLines<Timing>(times) : [];
    if (!existsSync(counts)) {
      return { ...failed, timings };
    }
    const [counted] = jsonLines<Omit<Results, "timings">>(counts);
    const failures = counted!.failures === 0 && exitCode !== 0 ? 1 : counted!.failures;
    return { ...counted!, failures, timings };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function jsonLines<Line>(file: string): Line[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
}
