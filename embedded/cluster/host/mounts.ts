import { readFile } from "node:fs/promises";
import { succeeds } from "./command";

/** Mount points at and below the folders, innermost first. */
async function mountsBelow(folders: readonly string[]): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").filter(Boolean);
  return lines
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(parseInt(octal, 8)),
      ),
    )
    .filter((point) => folders.some((folder) => point === folder || point.startsWith(`${folder}/`)))
    .reverse();
}

/**
 * Unmounts everything at and below the folders.
 * @throws Error that names what is still mounted: deleting the folder would delete data there
 */
export async function unmountBelow(...folders: readonly string[]): Promise<void> {
  for (const point of await mountsBelow(folders)) {
    // A busy mount is detached: nothing new can reach it, and the kernel releases it with its last user.
    if (!(await succeeds("umount", [point]))) await succeeds("umount", ["--lazy", point]);
  }
  const left = await mountsBelow(folders);
  if (left.length > 0) throw new Error(`can't unmount ${left.join(", ")}`);
}
