import { inspect } from "node:util";
import { UserError } from "../../contract";
import { interruption } from "../../clients/process/interruption";
import { nodeStatus, stopNode } from "../cluster";
import { installPodmanCompose } from "../compose";
import { type EmbeddedDefault, embeddedDefaultSteps } from "../embedded-default";
import { exclusively, type LockOptions } from "../machine-lock";
import { openLog, say } from "../log";
import { browserPackages, ensurePackages, faultPackages } from "../packages";
import { nodePort } from "../port";
import { runSteps, type Step } from "../tasks";
import { failed, mocha, type Results } from "../testing/mocha";
import { allRuns, type Run, runsOf, suitesOf } from "../testing/suites";
import { summarise } from "../testing/summary";

/** Runs all suites, or the given files and folders. */
export async function test(paths: readonly string[], lock: LockOptions): Promise<void> {
  await run(paths.length === 0 ? allRuns() : runsOf(paths), {}, lock);
}

/** Runs all suites with the long variants of their tests. Takes hours. */
export async function testAll(lock: LockOptions): Promise<void> {
  await run(allRuns(), { TEST_EXTENT: "all" }, lock);
}

async function run(runs: readonly Run[], env: Record<string, string>, lock: LockOptions): Promise<void> {
  const results: Results[] = [];
  for (const quick of runs.filter(({ config }) => config === "quick")) {
    results.push(await mocha(quick, env));
  }
  const others = runs.filter(({ config }) => config === "node");
  if (others.length > 0) {
    const onNodes = await onNode(others, env, lock).catch((error: unknown) => {
      say(error instanceof UserError ? error.message : inspect(error));
      return [failed];
    });
    results.push(...onNodes);
  }
  summarise(results);
}

/** Starts the node for suites that need it, and stops it afterwards unless it was already running. */
async function onNode(runs: readonly Run[], more: Record<string, string>, lock: LockOptions): Promise<Results[]> {
  const results: Results[] = [];
  const port = nodePort();
  const log = openLog("test");
  say(`Log: ${String(log.path)}`);
  const work = async () => {
    const wasRunning = (await nodeStatus()) === "running";
    try {
      const embedded = {} as EmbeddedDefault;
      await runSteps([...preparations(runs, log), ...embeddedDefaultSteps({ port, log })], embedded, log);
      const env = { ...embedded.variables, ...more, TEST_EMBEDDED: JSON.stringify({ images: embedded.images, port }) };
      for (const run of runs) {
        interruption.throwIfAborted();
        results.push(await mocha(run, env));
      }
    } catch (error) {
      say(inspect(error));
      results.push(failed);
    } finally {
      if (!wasRunning) {
        await stopNode((message) => log.write(`${message}\n`));
      }
    }
  };
  await exclusively(work, lock);
  log.end();
  return results;
}

/** What suites need in addition to the node. */
function preparations(runs: readonly Run[], log: NodeJS.WritableStream): Step<EmbeddedDefault>[] {
  const packages = (names: readonly string[]) => () => ensurePackages(names, { log, signal: interruption });
  const bySuite: Readonly<Record<string, Step<EmbeddedDefault>>> = {
    e2e: {
      title: "Chromium for the browser suite",
      usually: "1 min the first time",
      run: packages(browserPackages),
    },
    faults: {
      title: "faketime for the fault suite",
      usually: "10 s the first time",
      run: packages(faultPackages),
    },
    compose: {
      title: "podman-compose for the compose suite",
      usually: "1 min the first time",
      run: () => installPodmanCompose({ log, signal: interruption }),
    },
  };
  const suites = runs.flatMap(suitesOf);
  return Object.entries(bySuite).flatMap(([suite, step]) => (suites.includes(suite) ? [step] : []));
}
