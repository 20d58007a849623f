import { deployedGeneration } from "../../clients/kubernetes/generation";
import { keptPaths } from "../../contract";
import { change } from "../../lifecycle/change";
import { placeOf } from "../../lifecycle/inventory/identity";
import { existingPreview } from "../../lifecycle/inventory/preview";
import { print } from "../output/print";
import { report, reportingProject } from "../project";
import { lockOptionsOf } from "../lock-options";

export interface ResetOptions {
  readonly dryRun?: boolean;
}

/** Raises `database.generation`, which gives the preview a new volume, migrated and seeded by the ordinary update. */
export async function resetDatabase(pullRequest: number, { dryRun = false }: ResetOptions): Promise<void> {
  const preview = await existingPreview(reportingProject(), pullRequest);
  const { stack, identity, asleep } = preview;
  const { origin } = identity.names;
  const generationNow = async () => (await deployedGeneration(placeOf(identity))) ?? 1;
  if (dryRun) {
    const generation = await generationNow();
    print(`${stack}: would set database.generation from ${generation} to ${generation + 1} and run pulumi up:`);
    print(`the volume of ${origin} is replaced by an empty one, then migrated and seeded. Nothing was changed.`);
    return;
  }
  report(`${stack}: replacing the database's volume (usually 30 s)`);
  const next = async () => ({ [keptPaths.generation]: (await generationNow()) + 1 });
  await change(preview, next, lockOptionsOf(preview));
  print(
    asleep
      ? `${origin} is asleep: preview wake ${pullRequest} gives it an empty database, migrated and seeded.`
      : `${origin} has an empty database, migrated and seeded.`,
  );
}
