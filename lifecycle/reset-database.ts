import { keptPaths } from "../contract";
import { deployedGeneration } from "../clients/kubernetes/generation";
import { change } from "./change";
import { placeOf } from "./inventory/identity";
import type { ExistingPreview } from "./inventory/preview";
import { lockOptionsOf } from "./lock-options";

/** Raises `database.generation`, which gives the preview a new volume, migrated and seeded by the ordinary update. */
export async function resetDatabase(preview: ExistingPreview): Promise<void> {
  const next = async () => ({ [keptPaths.generation]: (await generationOf(preview)) + 1 });
  await change(preview, next, lockOptionsOf(preview));
}

/** The generation of the database that a preview has now. */
export const generationOf = async ({ identity }: ExistingPreview): Promise<number> =>
  (await deployedGeneration(placeOf(identity))) ?? 1;
