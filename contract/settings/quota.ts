import { standardPartList } from "../parts";
import { binaryQuantity, parseQuantity } from "../quantity";
import { databaseFolders, memoryLimit, type WritableFolder, writableFolders } from "../writable-folders";
import type { SettingsValues } from "./schema";

/**
 * The quotas that are too small for an update. Kubernetes would reject the pods without a message on the Deployment, and the
 * update would time out.
 */
export function quotaProblems({ api, web, database, quota }: SettingsValues): string[] {
  // The most at any time: the old and the new pod of a rolling update, and a migration, which is like the API's pod.
  const shares: Share[] = [
    { who: "three times the API's", times: 3, folders: writableFolders(api.writablePaths), ...api.resources },
    { who: "twice the web's", times: 2, folders: writableFolders(web.writablePaths), ...web.resources },
    { who: "and the database's", times: 1, folders: databaseFolders, ...database.resources },
  ];
  const cpu = sum(shares, cpuOf);
  const memory = sum(shares, limitOf);
  const needs = {
    cpu: [cpu, `${Number(cpu.toFixed(3))}, the CPU requests of an update: ${listed(shares, cpuOf)}`],
    memory: [memory, `${binaryQuantity(memory)}, the memory limits of an update: ${listed(shares, shownLimit)}`],
    storage: [amount(database.storage), `the database's volume of ${database.storage}`],
  } as const;
  return (["cpu", "memory", "storage"] as const)
    .filter((kind) => needs[kind][0] > amount(quota[kind]) * (1 + Number.EPSILON))
    .map((kind) => `quota.${kind}: must hold ${needs[kind][1]}; got ${JSON.stringify(quota[kind])}`);
}

/** Whether the sums depend on the setting at this path: if it is invalid, they are unknown. */
export const concernsQuota = (path: readonly PropertyKey[]): boolean =>
  (path.length === 1 && standardPartList.some(({ group }) => group === path[0])) ||
  path.some((key) => ["resources", "storage", "quota"].includes(String(key)));

/** The pods of one part that may exist at the same time. */
interface Share {
  readonly who: string;
  readonly times: number;
  readonly cpu: string;
  readonly memoryLimit: string;
  readonly folders: readonly WritableFolder[];
}

const cpuOf = (share: Share) => share.cpu;
const limitOf = (share: Share) => memoryLimit(share, share.folders);

/** `576Mi (memoryLimit 512Mi, /tmp 64Mi)` */
function shownLimit(share: Share): string {
  const folders = share.folders.filter(({ disk }) => !disk).map(({ path, size }) => `${path} ${size}`);
  return `${limitOf(share)} (${[`memoryLimit ${share.memoryLimit}`, ...folders].join(", ")})`;
}

const listed = (shares: readonly Share[], show: (share: Share) => string) =>
  shares.map((one) => `${one.who} ${show(one)}`).join(", ");

const sum = (shares: readonly Share[], quantityOf: (share: Share) => string) =>
  shares.reduce((total, one) => total + one.times * amount(quantityOf(one)), 0);

const amount = (quantity: string) => parseQuantity(quantity) ?? 0;
