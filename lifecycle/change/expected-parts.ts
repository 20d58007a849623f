import {
  isEncrypted,
  keyOf,
  type Leaves,
  type Outputs,
  type Part,
  parseSettings,
  partList,
  partsIn,
  type SettingsInput,
  SettingsError,
  valuesOf,
} from "../../contract";

/**
 * The parts that an update to these settings makes, by which its waits and failures are explained. Where the settings are invalid
 * those of the last update: the program then refuses the new ones, and no workload begins.
 *
 * @param outputs the last update's
 */
export function expectedParts(
  stack: string,
  project: string,
  leaves: Leaves,
  outputs: Pick<Partial<Outputs>, "parts">,
): readonly Part[] {
  // Those of others, such as `cloudflare:apiBaseUrl`, are no settings.
  const own = Object.entries(leaves).filter(([path]) => !keyOf(path).includes(":"));
  const readable = own.map(([path, value]) => [path, isEncrypted(value) ? encrypted : value]);
  const values = valuesOf(Object.fromEntries(readable) as Leaves) as SettingsInput;
  try {
    return partList(parseSettings(stack, project, values).parts);
  } catch (error) {
    if (error instanceof SettingsError) {
      return partsIn(outputs);
    }
    throw error;
  }
}

/** Stands for a value that only the program can decrypt. Which parts there are doesn't depend on it. */
const encrypted = "encrypted";
