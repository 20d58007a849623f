import { openLog } from "../log";
import { runSteps } from "../tasks";
import { ensureModule, moduleNames, usualMinutes } from "../toolchain";

/** Builds the modules of the toolchain that aren't built yet. */
export async function buildToolchain(): Promise<void> {
  const log = openLog("toolchain");
  const steps = moduleNames.map((name) => ({
    title: name,
    usually: `${usualMinutes(name)} min on 2 cores, once per machine`,
    run: async (_: object, report: (message: string) => void) => {
      await ensureModule(name, report);
    },
  }));
  await runSteps(steps, {}, log);
  log.end();
}
