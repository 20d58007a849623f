import { deployed } from "../deployed";
import { project } from "../project";
import { pulumi, resourceDone } from "../pulumi";
import { configure, stackName, up } from "../stack";

export interface ResetOptions {
  readonly dryRun?: boolean;
}

/** Raises `database.generation`, which gives the preview a new volume, migrated and seeded by the ordinary update. */
export async function resetDatabase(pullRequest: number, { dryRun = false }: ResetOptions): Promise<void> {
  const stack = stackName(pullRequest);
  const context = project((line) => {
    const done = resourceDone(line);
    if (done !== undefined) {
      console.error(`› ${done}`);
    }
  });
  const { url } = await deployed(context, pullRequest);
  const generation = await generationOf(stack);
  if (dryRun) {
    console.log(`${stack}: would set database.generation from ${generation} to ${generation + 1} and run pulumi up:`);
    console.log(`the volume of ${url} is replaced by an empty one, then migrated and seeded. Nothing was changed.`);
    return;
  }
  console.error(`${stack}: replacing the database's volume (usually 30 s)`);
  await configure(context, stack, { "database.generation": String(generation + 1) });
  await up(context, stack);
  console.log(`${url} has an empty database, migrated and seeded.`);
}

async function generationOf(stack: string): Promise<number> {
  const config = JSON.parse(await pulumi(project(), ["config", "--json", "--stack", stack])) as Config;
  const database = Object.entries(config).find(([key]) => key.endsWith(":database"))?.[1].objectValue;
  return database?.generation ?? 1;
}

type Config = Readonly<Record<string, { readonly objectValue?: { readonly generation?: number } }>>;
