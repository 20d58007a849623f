import { type ListeningPart, type Part, type Parts, standardParts } from "../parts";
import type { PartValues } from "./part-values";
import { givenBy } from "./variables";
import type { Workload } from "./workload";

/** What others need to know of the parts; the database and the migration have no workload of this kind. */
export function partsOf(
  hasMigration: boolean,
  { api: server, web, ...services }: Readonly<Record<string, Workload>>,
): Parts {
  const { secretSettings } = server!.part;
  return {
    api: server!.part as ListeningPart,
    ...(web && { web: web.part as ListeningPart }),
    db: standardParts.db,
    ...(hasMigration && { migration: { ...standardParts.migration, ...(secretSettings && { secretSettings }) } }),
    ...Object.fromEntries(Object.entries(services).map(([name, { part }]) => [name, part])),
  };
}

/** One of them by its settings. */
export function partOf({ name, group, base, imageGroup, runs, ports, single, checks, layers }: PartValues): Part {
  const [first] = ports;
  const listens = first && { port: first.port, targetPort: first.targetPort };
  const secretSettings = secretSettingsOf(layers);
  const named = Object.keys(secretSettings).length > 0 && { secretSettings };
  if (name === "api" || name === "web") {
    return { ...standardParts[name], ...listens, ...named };
  }
  const imageSetting = `${imageGroup}.image`;
  const interpreter = base === undefined ? undefined : standardParts[base].interpreter;
  return {
    name,
    role: "service",
    kind: single ? "StatefulSet" : "Deployment",
    ...listens,
    group,
    ...(runs !== undefined && { runs }),
    ...(runs === undefined && imageGroup !== group && { imageSetting }),
    ...named,
    crashSettings: [`${group}.command`, imageSetting],
    readySettings:
      checks === undefined && first !== undefined ? [`${group}.port`, `${group}.checks`] : [`${group}.checks`],
    ...(interpreter && { interpreter }),
  };
}

/** The settings that name a Secret in the namespace, by the Secret, each where it is given. */
function secretSettingsOf(layers: PartValues["layers"]): Record<string, string[]> {
  const named = Object.entries(givenBy(layers)).flatMap(([variable, given]) =>
    "group" in given && typeof given.value !== "string"
      ? [{ secret: given.value.secret, setting: `${given.group}.env.${variable}` }]
      : [],
  );
  const bySecret = Map.groupBy(named, ({ secret }) => secret);
  return Object.fromEntries([...bySecret].map(([secret, all]) => [secret, all.map(({ setting }) => setting)]));
}
