import { binaryQuantity, parseQuantity } from "../quantity";
import { databaseFolders, memoryLimit, type WritableFolder, writableFolders } from "../writable-folders";
import type { SettingsValues } from "./schema";

/**
 * What the quota doesn't allow. Kubernetes would refuse the pods without a word on the Deployment, and an update would
 * wait for them until it times out.
 */
export function beyondQuota({ api, web, database, quota }: SettingsValues): string[] {
  // At most at once: both pods of a rolling update, and a migration, which is like the API.
  const parts: Part[] = [
    { share: "three times the API's", times: 3, folders: writableFolders(api.writablePaths), ...api.resources },
    { share: "twice the web's", times: 2, folders: writableFolders(web.writablePaths), ...web.resources },
    { share: "and the database's", times: 1, folders: databaseFolders, ...database.resources },
  ];
  const cpu = sum(parts, (part) => part.cpu);
  const memory = sum(parts, limitOf);
  const needs = {
    cpu: [cpu, `${Number(cpu.toFixed(3))}, the CPU requests of an update: ${listed(parts, (part) => part.cpu)}`],
    memory: [memory, `${binaryQuantity(memory)}, the memory limits of an update: ${listed(parts, shownLimit)}`],
    storage: [amount(database.storage), `the database's volume of ${database.storage}`],
  } as const;
  return (["cpu", "memory", "storage"] as const)
    .filter((kind) => needs[kind][0] > amount(quota[kind]) * (1 + Number.EPSILON))
    .map((kind) => `quota.${kind}: must hold ${needs[kind][1]}; got ${JSON.stringify(quota[kind])}`);
}

/** Whether a setting that is wrong is one that is summed up, or a group that has some: then nobody knows the sums. */
export const concernsQuota = (path: readonly PropertyKey[]): boolean =>
  (path.length === 1 && ["api", "web", "database"].includes(String(path[0]))) ||
  path.some((key) => ["resources", "storage", "quota"].includes(String(key)));

/** One kind of the pods that there may be at once. */
interface Part {
  readonly share: string;
  readonly times: number;
  readonly cpu: string;
  readonly memoryLimit: string;
  readonly folders: readonly WritableFolder[];
}

const limitOf = (part: Part) => memoryLimit(part, part.folders);

/** `576Mi (memoryLimit 512Mi, /tmp 64Mi)` */
function shownLimit(part: Part): string {
  const folders = part.folders.filter(({ disk }) => !disk).map(({ path, size }) => `${path} ${size}`);
  return `${limitOf(part)} (${[`memoryLimit ${part.memoryLimit}`, ...folders].join(", ")})`;
}

const listed = (parts: readonly Part[], show: (part: Part) => string) =>
  parts.map((part) => `${part.share} ${show(part)}`).join(", ");

const sum = (parts: readonly Part[], quantityOf: (part: Part) => string) =>
  parts.reduce((total, part) => total + part.times * amount(quantityOf(part)), 0);

const amount = (quantity: string) => parseQuantity(quantity) ?? 0;
