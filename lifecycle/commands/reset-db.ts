import { recordFrom, UserError } from "../../contract";
import { identityOf } from "../identity";
import { withLock } from "../lock";
import { findNamespace } from "../namespace";
import { report, reportingProject } from "../project";
import { configure, recallConfiguration, stackName, up } from "../stack";
import { note } from "../up";

export interface ResetOptions {
  readonly dryRun?: boolean;
}

/** Raises `database.generation`, which gives the preview a new volume, migrated and seeded by the ordinary update. */
export async function resetDatabase(pullRequest: number, { dryRun = false }: ResetOptions): Promise<void> {
  const context = reportingProject();
  const stack = stackName(pullRequest);
  await recallConfiguration(context, stack);
  const { kubeContext, names } = await identityOf(context, pullRequest);
  const place = { kubeContext, namespace: names.namespace };
  const namespace = await findNamespace(place);
  if (namespace === undefined) {
    throw new UserError(
      `${names.namespace} isn't in the cluster of ${kubeContext}; preview up ${pullRequest} makes it`,
    );
  }
  const { generation } = recordFrom(namespace.annotations);
  if (dryRun) {
    console.log(`${stack}: would set database.generation from ${generation} to ${generation + 1} and run pulumi up:`);
    console.log(
      `the volume of ${names.origin} is replaced by an empty one, then migrated and seeded. Nothing was changed.`,
    );
    return;
  }
  report(`${stack}: replacing the database's volume (usually 30 s)`);
  await note(place, { generation: generation + 1 });
  await configure(context, stack, { "database.generation": String(generation + 1) });
  await withLock(context, stack, () => up(context, stack), { report });
  console.log(`${names.origin} has an empty database, migrated and seeded.`);
}
