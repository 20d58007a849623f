import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../paths";

const scratchDir = join(cacheDir, "scratch");

/** Lends a folder on the disk of the cache: images don't fit into every machine's /tmp. It is deleted afterwards. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeScratchFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for a caller that deletes it itself. If this process is killed before that, the next one deletes it. */
export async function makeScratchFolder(): Promise<string> {
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  await removeAbandoned();
  return mkdtemp(join(scratchDir, `${process.pid}-`));
}

/** A process that was killed couldn't delete its folders: their names tell whose they were. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(scratchDir)) {
    const isInUse = existsSync(`/proc/${name.split("-")[0] ?? ""}`);
    if (!isInUse) await rm(join(scratchDir, name), { recursive: true, force: true });
  }
}
