import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumi, type PulumiContext } from "../clients/pulumi/pulumi";

const everyMs = 2;

/**
 * The program's start-up time in seconds, from the engine's call to run it until its last resource is registered, in an update
 * without changes. PULUMI_DEBUG_GRPC makes the engine log each call to a file, but without times, so the file is polled.
 */
export async function programStart(context: PulumiContext, stack: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "preview-stack-bench-"));
  const log = join(folder, "grpc.json");
  const times: { readonly size: number; readonly at: number }[] = [];
  const watch = setInterval(() => {
    const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    if (size > (times.at(-1)?.size ?? 0)) {
      times.push({ size, at: performance.now() });
    }
  }, everyMs);
  try {
    const env = { ...context.env, PULUMI_DEBUG_GRPC: log };
    await pulumi({ ...context, env }, ["preview", "--stack", stack]);
    const text = readFileSync(log, "utf8");
    const writtenAt = (position: number) => times.find(({ size }) => size > position)?.at ?? Number.NaN;
    const spawned = writtenAt(text.indexOf("/pulumirpc.LanguageRuntime/Run"));
    const registered = writtenAt(text.lastIndexOf('"/pulumirpc.ResourceMonitor/RegisterResource"'));
    return (registered - spawned) / 1000;
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true });
  }
}
