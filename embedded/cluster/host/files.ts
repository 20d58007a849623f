import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes the file atomically, unless it already has this content. */
export async function writeIfChanged(file: string, content: string, mode = 0o644): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) === content) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, content, { mode });
  await chmod(`${file}.new`, mode);
  await rename(`${file}.new`, file);
}
