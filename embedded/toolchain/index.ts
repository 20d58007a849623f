import { build } from "./build-module";
import { whileAlone } from "./build-lock";
import { recipes, type ModuleName } from "./modules";
import { isBuilt, programsOf } from "./results";

export { moduleNames, startModuleNames, type StartModuleName } from "./modules";
export { isBuilt, programsOf } from "./results";
export { versions } from "./versions";

/**
 * Builds a module unless its result is cached. Resolves to the folder with its programs, {@link programsOf}.
 *
 * @throws UserError that names the module, the last lines of Go's output and the log file
 */
export async function ensureModule(
  name: ModuleName,
  report: (message: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  if (!isBuilt(name)) {
    await whileAlone(name, report, signal, async () => {
      if (!isBuilt(name)) {
        await build(name, report, signal);
      }
    });
  }
  return programsOf(name);
}

/** Measured wall time of a build from an empty Go cache on 2 cores. */
export const usualMinutes = (name: ModuleName): number => recipes[name].usualMinutes;
