import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";
import type { ModuleName } from "./modules";
import { resultsFolder } from "./results";

/** Runs something exclusively among the processes that build the same module, and waits for them. */
export async function whileAlone<Result>(
  name: ModuleName,
  report: (message: string) => void,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(resultsFolder, { recursive: true });
  const release = await acquire(name, report, signal);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(
  name: ModuleName,
  report: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  const options = { lockfilePath: join(resultsFolder, `${name}.lock`), stale: 30_000, update: 5_000 };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await lock(resultsFolder, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
        throw error;
      }
    }
    if (attempt === 0) {
      report(`${name}: waiting for another process that is building it`);
    }
    await setTimeout(1_000, undefined, { signal });
  }
}
