import { mkdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { run } from "../cluster/host/command";
import { unmountBelow } from "../cluster/host/mounts";
import { interruption } from "../../clients/process/interruption";
import { runtimeDir } from "../paths";
import { imagesDir, storageDir, storageRunDir } from "./folders";

const options = [`--root=${storageDir}`, `--runroot=${storageRunDir}`];

/** The command line of buildah on the storage of our own. */
export const buildahArguments = (...args: readonly string[]): string[] => [...options, ...args];

const minute = 60_000;
const buildah = (...args: readonly string[]): Promise<string> =>
  run("buildah", buildahArguments(...args), { timeout: 2 * minute });

/** An image in the storage. */
export interface BuiltImage {
  readonly references: readonly string[];
  /** Seconds since 1970. */
  readonly created: number;
}

/** The images that have been built on this machine, and the steps of builds that are kept to be used again. */
export async function builtImages(): Promise<BuiltImage[]> {
  const images = JSON.parse(await buildah("images", "--all", "--json")) as
    { names?: string[]; created: number }[] | null;
  return (images ?? []).map(({ names, created }) => ({ references: names ?? [], created }));
}

/** Writes an image into a Docker archive. Its layers are not compressed, because it doesn't leave this machine. */
export async function exportImage(reference: string, archive: string): Promise<void> {
  await buildah("push", "--quiet", reference, `docker-archive:${archive}:${reference}`);
}

/** Deletes images by their references. Those that others are built on lose the reference only. */
export async function removeBuiltImages(references: readonly string[]): Promise<void> {
  if (references.length > 0) await buildah("rmi", ...references);
}

/** Deletes the steps of builds that no image needs. */
export async function removeBuildSteps(): Promise<void> {
  await buildah("rmi", "--prune", "--force");
}

/**
 * Lends the storage, to one process at a time. Neither the containers of builds that were interrupted nor the mounts
 * that buildah leaves are there afterwards, nor are those of a process that was killed there before.
 */
export async function withStorage<T>(report: (message: string) => void, use: () => Promise<T>): Promise<T> {
  await mkdir(imagesDir, { recursive: true, mode: 0o700 });
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
  const release = await acquire(report);
  try {
    await buildah("rm", "--all");
    return await use();
  } finally {
    try {
      await buildah("rm", "--all");
      await unmountStorage();
    } finally {
      await release();
    }
  }
}

/** Undoes the mounts of the storage, which a build that was killed leaves. */
export async function unmountStorage(): Promise<void> {
  await unmountBelow(storageDir, storageRunDir);
}

async function acquire(report: (message: string) => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await lock(imagesDir, { stale: 10_000, update: 2_000 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    }
    if (attempt === 0) report("another process is building images; waiting for that");
    await setTimeout(1_000, undefined, { signal: interruption });
  }
}
