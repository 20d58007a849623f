import { gateResources } from "../gate";
import { binaryQuantity, parseQuantity } from "../quantity";
import { databaseFolders, memoryLimit, type WritableFolder } from "../writable-folders";
import type { Composition } from "../workloads";
import type { SettingsValues } from "./schema";

/** The namespace's ResourceQuota. */
export interface Quota {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
  readonly storage: string;
}

/** What every preview may use at least where no setting says otherwise. */
const least = { cpu: 2, memory: 5 * 2 ** 30, pods: 20 };

/** How often as much as an update needs: pods that are ending still count, and quota is no place to save. */
const reserve = 2;

type Parts = Pick<Composition, "workloads" | "migration">;

/** The quota of the settings, and where they say nothing twice what the parts need at once during an update. */
export function effectiveQuota({ quota, database }: SettingsValues, parts: Parts): Quota {
  const shares = sharesOf(parts, database);
  const needs = (amountOf: (share: Share) => number) => reserve * sum(shares, amountOf);
  return {
    cpu: quota.cpu ?? String(Math.ceil(Math.max(least.cpu, needs(cpuOf)))),
    memory: quota.memory ?? binaryQuantity(Math.max(least.memory, needs(limitOf))),
    pods: quota.pods ?? Math.max(least.pods, reserve * sum(shares, () => 1)),
    storage: quota.storage,
  };
}

/**
 * The quotas that are too small for an update. Kubernetes would reject the pods without a message on the Deployment, and the
 * update would time out.
 */
export function quotaProblems({ database, quota }: SettingsValues, parts: Parts): string[] {
  const shares = sharesOf(parts, database);
  const cpu = sum(shares, cpuOf);
  const memory = sum(shares, limitOf);
  const pods = sum(shares, () => 1);
  const needs = {
    cpu: [cpu, `${Number(cpu.toFixed(3))}, the CPU requests of an update: ${listed(shares, ({ cpu }) => cpu)}`],
    memory: [memory, `${binaryQuantity(memory)}, the memory limits of an update: ${listed(shares, shownLimit)}`],
    pods: [pods, `${pods}, the pods of an update: ${listed(shares, ({ times }) => String(times))}`],
    storage: [amount(database.storage), `the database's volume of ${database.storage}`],
  } as const;
  return (["cpu", "memory", "pods", "storage"] as const)
    .filter((kind) => {
      const given = quota[kind];
      return given !== undefined && needs[kind][0] > amount(String(given)) * (1 + Number.EPSILON);
    })
    .map((kind) => `quota.${kind}: must hold ${needs[kind][1]}; got ${JSON.stringify(quota[kind])}`);
}

/** One kind of the pods that there may be at once. */
interface Share {
  readonly who: string;
  readonly times: number;
  readonly cpu: string;
  readonly memoryLimit: string;
  readonly folders: readonly WritableFolder[];
}

/** At most at once: both pods of a rolling update, one of what is never two, and a migration, which is like the API. */
function sharesOf({ workloads, migration }: Parts, database: SettingsValues["database"]): Share[] {
  const shares = Object.values(workloads).map(({ part, isSingle, resources, folders }): Share => {
    const times = (isSingle ? 1 : 2) + (part.name === "api" && migration !== undefined ? 1 : 0);
    return { who: part.name, times, folders, ...resources };
  });
  return [...shares, { who: "the database", times: 1, folders: databaseFolders, ...database.resources }];
}

/** A pod needs what its containers need together, or its init container if that is more. */
const cpuOf = ({ cpu }: Share) => Math.max(amount(gateResources.cpu), amount(cpu));
const limitOf = (share: Share) =>
  Math.max(amount(gateResources.memoryLimit), amount(memoryLimit(share, share.folders)));

/** `576Mi (memoryLimit 512Mi, /tmp 64Mi)` */
function shownLimit(share: Share): string {
  const folders = share.folders.filter(({ disk }) => !disk).map(({ path, size }) => `${path} ${size}`);
  return `${binaryQuantity(limitOf(share))} (${[`memoryLimit ${share.memoryLimit}`, ...folders].join(", ")})`;
}

/** `3 × api 576Mi, 2 × web 640Mi, the database 769Mi` */
const listed = (shares: readonly Share[], show: (share: Share) => string) =>
  shares.map((one) => `${one.times === 1 ? "" : `${one.times} × `}${one.who} ${show(one)}`).join(", ");

const sum = (shares: readonly Share[], amountOf: (share: Share) => number) =>
  shares.reduce((total, one) => total + one.times * amountOf(one), 0);

const amount = (quantity: string) => parseQuantity(quantity) ?? 0;
