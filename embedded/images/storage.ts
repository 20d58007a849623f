import { mkdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { run } from "../cluster/host/command";
import { unmountBelow } from "../cluster/host/mounts";
import { interruption } from "../../clients/process/interruption";
import { runtimeDir } from "../paths";
import { imagesDir, storageDir, storageRunDir } from "./folders";

const options = [`--root=${storageDir}`, `--runroot=${storageRunDir}`];

/** Arguments for buildah that select our own storage. */
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

/** The images in the storage, including cached build steps. */
export async function builtImages(): Promise<BuiltImage[]> {
  const images = JSON.parse(await buildah("images", "--all", "--json")) as
    { names?: string[]; created: number }[] | null;
  return (images ?? []).map(({ names, created }) => ({ references: names ?? [], created }));
}

/** Writes an image to a Docker archive, uncompressed since it doesn't leave this machine. */
export async function exportImage(reference: string, archive: string): Promise<void> {
  await buildah("push", "--quiet", reference, `docker-archive:${archive}:${reference}`);
}

/** Deletes images by reference. Base images of others only lose the reference. */
export async function removeBuiltImages(references: readonly string[]): Promise<void> {
  if (references.length > 0) await buildah("rmi", ...references);
}

/** Deletes the build steps that no image uses. */
export async function removeBuildSteps(): Promise<void> {
  await buildah("rmi", "--prune", "--force");
}

/**
 * Locks the storage for one process at a time. Before and after, removes containers and mounts left by interrupted builds or
 * killed processes.
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

/** Unmounts what killed builds have left mounted. */
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
    if (attempt === 0) report("waiting for another process that is building images");
    await setTimeout(1_000, undefined, { signal: interruption });
  }
}
