import { parseQuantity } from "../quantity";
import type { SettingsValues } from "./schema";

/**
 * What the quota doesn't allow. Kubernetes would refuse the pods without a word on the Deployment, and an update would
 * wait for them until it times out.
 */
export function beyondQuota({ api, web, database, quota }: SettingsValues): string[] {
  // At most at once: both pods of a rolling update, and a migration, which is like the API.
  const pods = [api, api, api, web, web, database];
  const sums = {
    cpu: sum(pods.map(({ resources }) => resources.cpu)),
    memory: sum(pods.map(({ resources }) => resources.memoryLimit)),
    storage: sum([database.storage]),
  };
  return (["cpu", "memory", "storage"] as const)
    .filter((kind) => sums[kind] > sum([quota[kind]]) * (1 + Number.EPSILON))
    .map((kind) => `quota.${kind}: must hold ${needs[kind]}; got ${JSON.stringify(quota[kind])}`);
}

/** Whether a setting that is wrong is one that is summed up, or a group that has some: then nobody knows the sums. */
export const concernsQuota = (path: readonly PropertyKey[]): boolean =>
  (path.length === 1 && ["api", "web", "database"].includes(String(path[0]))) ||
  path.some((key) => ["resources", "storage", "quota"].includes(String(key)));

const needs = {
  cpu: "the CPU requests of an update: three times the API's, twice the web's, and the database's",
  memory: "the memory limits of an update: three times the API's, twice the web's, and the database's",
  storage: "the database's volume",
} as const;

const sum = (quantities: readonly string[]) =>
  quantities.reduce((total, quantity) => total + (parseQuantity(quantity) ?? 0), 0);
