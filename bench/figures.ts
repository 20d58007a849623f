import { execa } from "execa";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { versions } from "../embedded";

/** One measurement in `bench/results/<name>.json`. */
export interface Figure {
  readonly name: string;
  readonly unit: "s" | "ms" | "MiB" | "ratio" | "requests";
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
  /** The upper limit; null if measured only for comparison. */
  readonly goal: number | null;
  /** Null without a goal. */
  readonly met: boolean | null;
}

/** Summarizes the values of several runs. */
export function figure(
  name: string,
  unit: Figure["unit"],
  values: readonly number[],
  goal: number | null = null,
): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
  return {
    name,
    unit,
    median: rounded(median),
    min: rounded(sorted[0]!),
    max: rounded(sorted.at(-1)!),
    n: sorted.length,
    goal,
    met: goal === null ? null : median <= goal,
  };
}

const rounded = (value: number) => Math.round(value * 100) / 100;

/** Our times divided by the other tool's, run by run. */
export function ratio(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  goal: number | null = null,
): Figure {
  return figure(
    name,
    "ratio",
    ours.map((value, index) => value / theirs[index]!),
    goal,
  );
}

/** Seconds of one thing done by us and by another tool, run by run. */
export interface Pair {
  readonly ours: number[];
  readonly theirs: number[];
}

/** Our seconds, the other tool's, and how many times as long ours takes. */
export function beside(name: string, { ours, theirs }: Pair, goal: number | null, other: string): Figure[] {
  return [
    figure(name, "s", ours, goal),
    figure(other, "s", theirs),
    ratio(`${name}, as a multiple of: ${other}`, ours, theirs),
  ];
}

/** The smallest value that the given share of values doesn't exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

/** How long something takes, in seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Writes a run's figures and returns the file's path. */
export async function writeResults(name: string, figures: readonly Figure[]): Promise<string> {
  const folder = join(__dirname, "results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const { stdout: commit } = await execa("git", ["rev-parse", "--short", "HEAD"], { cwd: __dirname, reject: false });
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    date: new Date().toISOString().slice(0, 10),
    commit,
  };
  const results = { machine, versions: { node: process.version, ...versions }, figures };
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}
