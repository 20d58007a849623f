import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeStatus, stopNode } from "../cluster";
import { installPodmanCompose } from "../compose";
import { type EmbeddedDefault, embeddedDefaultSteps } from "../embedded-default";
import { interruption } from "../../lifecycle/interruption";
import { exclusively } from "../lock";
import { openLog } from "../log";
import { browserPackages, ensurePackages, faultPackages } from "../packages";
import { checkout } from "../paths";
import { nodePort } from "../port";
import { runSteps, type Step } from "../tasks";

interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/** `outages` are faults of the node, which must be nobody else's at that time. */
type Suite = "quick" | "engine" | "e2e" | "faults" | "outages" | "compose";

/** Arguments for mocha, where several previews at a time are brought up. */
const sideBySide = ["--parallel", "--jobs", "2"];

/** Runs all suites. */
export async function test(): Promise<void> {
  const quick = await suite("quick", {});
  summarise([
    quick,
    ...(await onNode(["engine", "e2e", "faults", "outages", "compose"], [browser, podmanCompose, faketime])),
  ]);
}

/** Runs the fault suite in full: commands are killed at 40 points of time. Takes most of an hour. */
export async function testFaults(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-test-"));
  try {
    const env = { FAULTS: "whole", TEST_OUTCOMES: join(folder, "outcomes") };
    summarise(await onNode(["faults", "outages"], [faketime], env, { faults: sideBySide }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Preparation = (log: NodeJS.WritableStream) => Step<EmbeddedDefault>;

/** Boots the node for suites that need it, and stops it again where it wasn't running before. */
async function onNode(
  suites: readonly Suite[],
  preparations: readonly Preparation[],
  more: Record<string, string> = {},
  args: Partial<Record<Suite, readonly string[]>> = {},
): Promise<Counts[]> {
  const results: Counts[] = [];
  const port = nodePort();
  const log = openLog("test");
  console.error(`Log: ${String(log.path)}`);
  await exclusively(async () => {
    const wasRunning = (await nodeStatus()) === "running";
    try {
      const embedded = {} as EmbeddedDefault;
      const prepared = preparations.map((prepare) => prepare(log));
      await runSteps([...prepared, ...embeddedDefaultSteps({ port, log })], embedded, log);
      const env = { ...embedded.variables, TEST_EMBEDDED: JSON.stringify({ images: embedded.images, port }), ...more };
      for (const name of suites) {
        // Compose knows nothing of the node.
        results.push(await suite(name, name === "compose" ? {} : env, args[name]));
      }
    } catch (error) {
      console.error(error);
      results.push({ passes: 0, failures: 1, pending: 0 });
    } finally {
      if (!wasRunning) {
        await stopNode((message) => log.write(`${message}\n`));
      }
    }
  });
  log.end();
  return results;
}

function browser(log: NodeJS.WritableStream): Step<EmbeddedDefault> {
  return {
    title: "Chromium for the browser suite",
    usually: "1 min the first time",
    run: () => ensurePackages(browserPackages, { log }),
  };
}

function podmanCompose(log: NodeJS.WritableStream): Step<EmbeddedDefault> {
  return {
    title: "podman-compose for the compose suite",
    usually: "1 min the first time",
    run: () => installPodmanCompose({ log, signal: interruption }),
  };
}

function faketime(log: NodeJS.WritableStream): Step<EmbeddedDefault> {
  return {
    title: "faketime for the fault suite",
    usually: "10 s the first time",
    run: () => ensurePackages(faultPackages, { log }),
  };
}

/** One run of mocha. A run that ends before it could count is a failure. */
async function suite(name: Suite, env: Record<string, string>, args: readonly string[] = []): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-test-"));
  const counts = join(folder, "counts");
  try {
    const { exitCode } = await execa(
      join(checkout, "node_modules/.bin/mocha"),
      ["--config", `test/${name}.mocharc.json`, "--reporter", "test/reporter.ts", ...args],
      { cwd: checkout, env: { ...env, TEST_COUNTS: counts }, stdio: "inherit", reject: false },
    );
    const counted = JSON.parse(readFileSync(counts, "utf8")) as Counts;
    return exitCode !== 0 && counted.failures === 0 ? { ...counted, failures: 1 } : counted;
  } catch {
    return { passes: 0, failures: 1, pending: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summarise(results: readonly Counts[]): void {
  const sum = (of: (counts: Counts) => number) => results.reduce((total, counts) => total + of(counts), 0);
  const pending = sum((counts) => counts.pending);
  const failures = sum((counts) => counts.failures);
  console.log(
    `${sum((counts) => counts.passes)} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`,
  );
  process.exitCode = failures > 0 ? 1 : 0;
}
