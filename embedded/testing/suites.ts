import { globSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UserError } from "../../contract";
import { checkout } from "../paths";

/** Suites that need neither toolchain nor node. */
const quickSuites = ["unit", "components"];

/** Suites that run last: one breaks the node itself, and so runs only beside one that doesn't use the node. */
const lastSuites = ["outages", "compose"];

/** Files that must not run in parallel, by the file that runs them in this order. */
export const bundles: Readonly<Record<string, readonly string[]>> = {
  // They share the previews of test/shared-previews.ts.
  "test/engine/on-shared-previews.ts": [
    "test/e2e/product.test.ts",
    "test/engine/product.test.ts",
    "test/engine/first-second.test.ts",
    "test/engine/isolation.test.ts",
    "test/engine/auth.test.ts",
    "test/engine/direct-api.test.ts",
    "test/e2e/auth.test.ts",
    "test/engine/proxy-parity.test.ts",
    "test/engine/commands.test.ts",
  ],
  // podman uses one parent cgroup per machine.
  "test/compose/with-podman.ts": ["test/compose/development.test.ts", "test/compose/preview.test.ts"],
};

/** The files that a bundle runs, or the file itself. */
export const filesIn = (file: string): readonly string[] => bundles[file] ?? [file];

/** The slowest files start first, so that no slow one runs alone at the end. */
const longest = [
  "test/engine/on-shared-previews.ts",
  "test/faults/lifecycle.test.ts",
  "test/engine/verify.test.ts",
  "test/engine/parts.test.ts",
  "test/engine/pairs.test.ts",
  "test/faults/one-truth.test.ts",
  "test/faults/kills.test.ts",
  "test/faults/missing.test.ts",
  "test/faults/interleavings.test.ts",
  "test/faults/close-meets-up.test.ts",
  "test/engine/data.test.ts",
  "test/engine/migration.test.ts",
  "test/faults/workloads.test.ts",
  "test/engine/preview-stack.test.ts",
  "test/faults/checkouts.test.ts",
];

/** One run of mocha. */
export interface Run {
  /** `test/NAME.mocharc.json` */
  readonly config: "quick" | "node";
  readonly files: readonly string[];
  /** The number of parallel processes. @default 1 */
  readonly jobs?: number;
}

/** All suites: first the quick ones, then those on the node, three files at a time. */
export function allRuns(): Run[] {
  const files = testFilesIn("test").filter((file) => !quickSuites.includes(suiteOf(file)));
  const bundled = Object.values(bundles).flat();
  const apart = [...Object.keys(bundles), ...files.filter((file) => !bundled.includes(file))];
  const isLast = (file: string) => lastSuites.includes(suiteOf(file));
  const inOrder = [...longest, ...apart.filter((file) => !isLast(file) && !longest.includes(file))];
  return [
    { config: "quick", files: quickSuites.flatMap((suite) => testFilesIn(`test/${suite}`)), jobs: 4 },
    { config: "node", files: inOrder, jobs: 3 },
    { config: "node", files: apart.filter(isLast), jobs: 2 },
  ];
}

/**
 * The runs for the given paths, one file after the other.
 *
 * @param paths files or folders, relative to the checkout
 * @throws UserError if one of them has no tests
 */
export function runsOf(paths: readonly string[]): Run[] {
  const files = [...new Set(paths.flatMap((path) => testFilesIn(path)))];
  const isQuick = (file: string) => quickSuites.includes(suiteOf(file));
  const runs: Run[] = [
    { config: "quick", files: files.filter(isQuick) },
    { config: "node", files: files.filter((file) => !isQuick(file)) },
  ];
  return runs.filter((run) => run.files.length > 0);
}

/** The suite of a test file: its folder below `test/`. */
export const suiteOf = (file: string): string => file.split("/")[1] ?? "";

/** The suites of a run's files. */
export const suitesOf = ({ files }: Run): string[] => [...new Set(files.flatMap(filesIn).map(suiteOf))];

function testFilesIn(given: string): string[] {
  const path = relative(checkout, resolve(checkout, given));
  const isInside = /^test(\/|$)/.test(path);
  const isFolder = statSync(join(checkout, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = isInside ? globSync(isFolder ? join(path, "**/*.test.ts") : path, { cwd: checkout }).sort() : [];
  if (files.length === 0 || !files.every((file) => file.endsWith(".test.ts"))) {
    throw new UserError(`${given}: no such test; give a file test/….test.ts or a folder that has some`);
  }
  return files;
}
