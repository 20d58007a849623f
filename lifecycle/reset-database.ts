import { keptPaths } from "../contract";
import { deployedGeneration } from "../clients/kubernetes/generation";
import { change } from "./change";
import { placeOf } from "./inventory/identity";
import type { ExistingPreview } from "./inventory/preview";
import { lockOptionsOf } from "./lock-options";

/** Raises `database.generation`: the update then creates a new volume, and migrates and seeds it as usual. */
export async function resetDatabase(preview: ExistingPreview): Promise<void> {
  const next = async () => ({ [keptPaths.generation]: (await generationOf(preview)) + 1 });
  await change(preview, next, lockOptionsOf(preview));
}

/** The generation of the preview's current database. */
export const generationOf = async ({ identity }: ExistingPreview): Promise<number> =>
  (await deployedGeneration(placeOf(identity))) ?? 1;
