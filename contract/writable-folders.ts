import { binaryQuantity, parseQuantity } from "./quantity";
import type { SettingsValues } from "./settings/schema";

type WritablePaths = SettingsValues["api"]["writablePaths"];

/** A folder that stays writable under a container's read-only root. */
export interface WritableFolder {
  readonly path: string;
  /** Whole MiB: memory comes in pages, and kubelet evicts a pod whose folder holds more than its size. */
  readonly size: string;
  /** On the node's disk, where kubelet evicts the pod that fills it. In memory a full folder has no space left. */
  readonly disk: boolean;
}

/** What `writablePaths` stands for: a path alone has 64Mi in memory. */
export function writableFolders(paths: WritablePaths): WritableFolder[] {
  return paths.map((given) => {
    const { path, size = "64Mi", disk = false } = typeof given === "string" ? { path: given } : given;
    return { path, size: binaryQuantity(bytes(size)), disk };
  });
}

/**
 * Postgres' own. With its defaults a plain VACUUM takes 64 MiB of shared memory (`maintenance_work_mem`). A parallel hash join
 * takes 24 (`work_mem`, doubled by `hash_mem_multiplier`, for two workers and their leader), and 46 at most, since segments
 * grow from 1 to 16. The workers suffice for four at once (`max_parallel_workers`): 248 MiB.
 *
 * @see https://www.postgresql.org/docs/16/runtime-config-resource.html
 */
export const databaseFolders = writableFolders([
  "/tmp",
  { path: "/var/run/postgresql", size: "1Mi" },
  { path: "/dev/shm", size: "256Mi" },
]);

/** A container's memory limit: the setting, and what its folders in memory hold, which counts towards it. */
export function memoryLimit(resources: { readonly memoryLimit: string }, folders: readonly WritableFolder[]): string {
  const sizes = folders.filter(({ disk }) => !disk).map(({ size }) => size);
  return binaryQuantity([resources.memoryLimit, ...sizes].reduce((sum, size) => sum + bytes(size), 0));
}

function bytes(quantity: string): number {
  return parseQuantity(quantity) ?? 0;
}
