import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../paths";

const scratchDir = join(cacheDir, "scratch");

/** Provides a temporary folder on the cache's disk, since images may not fit into /tmp. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeScratchFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for a caller that deletes it. If this process is killed before, the next one deletes it. */
export async function makeScratchFolder(): Promise<string> {
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  await removeAbandoned();
  return mkdtemp(join(scratchDir, `${process.pid}-`));
}

/** Deletes the folders of killed processes, whose ids are part of the names. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(scratchDir)) {
    const isInUse = existsSync(`/proc/${name.split("-")[0] ?? ""}`);
    if (!isInUse) await rm(join(scratchDir, name), { recursive: true, force: true });
  }
}
