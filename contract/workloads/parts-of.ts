import { type ListeningPart, type Part, type Parts, standardParts } from "../parts";
import type { PartValues } from "./part-values";
import type { Workload } from "./workload";

/** What others need to know of the parts; the database and the migration have no workload of this kind. */
export function partsOf(
  hasMigration: boolean,
  { api: server, web, ...services }: Readonly<Record<string, Workload>>,
): Parts {
  return {
    api: server!.part as ListeningPart,
    ...(web && { web: web.part as ListeningPart }),
    db: standardParts.db,
    ...(hasMigration && { migration: standardParts.migration }),
    ...Object.fromEntries(Object.entries(services).map(([name, { part }]) => [name, part])),
  };
}

/** One of them by its settings. */
export function partOf({ name, group, base, imageGroup, runs, ports, single, checks }: PartValues): Part {
  const [first] = ports;
  const listens = first && { port: first.port, targetPort: first.targetPort };
  if (name === "api" || name === "web") {
    return { ...standardParts[name], ...listens };
  }
  const interpreter = base === undefined ? undefined : standardParts[base].interpreter;
  return {
    name,
    role: "service",
    kind: single ? "StatefulSet" : "Deployment",
    ...listens,
    group,
    ...(runs !== undefined && { runs }),
    crashSettings: [`${group}.command`, `${imageGroup}.image`],
    readySettings:
      checks === undefined && first !== undefined ? [`${group}.port`, `${group}.checks`] : [`${group}.checks`],
    ...(interpreter && { interpreter }),
  };
}
