import { binaryQuantity, parseQuantity } from "./quantity";
import type { SettingsValues } from "./settings/schema";

type WritablePaths = SettingsValues["api"]["writablePaths"];

/** A writable folder in a container with a read-only root filesystem. */
export interface WritableFolder {
  readonly path: string;
  /** In whole MiB: memory is allocated in pages, and kubelet evicts a pod whose folder exceeds its size. */
  readonly size: string;
  /** On the node's disk. If it fills up, kubelet evicts the pod; a full folder in memory only fails writes (ENOSPC). */
  readonly disk: boolean;
}

/** Where the setting `sharedMemory` lies: POSIX shared memory. */
export const sharedMemoryPath = "/dev/shm";

/** The folders of the setting `writablePaths`. A path alone means 64Mi in memory. */
export function writableFolders(paths: WritablePaths): WritableFolder[] {
  return paths.map((given) => {
    const { path, size = "64Mi", disk = false } = typeof given === "string" ? { path: given } : given;
    return { path, size: binaryQuantity(bytes(size)), disk };
  });
}

/**
 * Postgres's folders. /dev/shm fits Postgres's defaults: a VACUUM takes 64 MiB of shared memory (`maintenance_work_mem`). A
 * parallel hash join takes 24 MiB (`work_mem`, doubled by `hash_mem_multiplier`, for two workers and their leader), and up to
 * 46, since segments grow from 1 to 16 MiB. The workers suffice for four joins at once (`max_parallel_workers`): 248 MiB.
 *
 * @see https://www.postgresql.org/docs/16/runtime-config-resource.html
 */
export const databaseFolders = writableFolders([
  "/tmp",
  { path: "/var/run/postgresql", size: "1Mi" },
  { path: sharedMemoryPath, size: "256Mi" },
]);

/** A container's memory limit: the setting plus the sizes of its folders in memory, whose contents count towards the limit. */
export function memoryLimit(resources: { readonly memoryLimit: string }, folders: readonly WritableFolder[]): string {
  const sizes = folders.filter(({ disk }) => !disk).map(({ size }) => size);
  return binaryQuantity([resources.memoryLimit, ...sizes].reduce((sum, size) => sum + bytes(size), 0));
}

function bytes(quantity: string): number {
  return parseQuantity(quantity) ?? 0;
}
