import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../cluster/host/command";
import { cacheDir } from "../../paths";
import { withScratchFolder } from "../scratch";

/** Debian's statically linked busybox, extracted from its package without installing it. */
export async function busybox(): Promise<string> {
  const program = join(cacheDir, "busybox", "busybox");
  if (await stat(program).catch(() => undefined)) return program;
  await withScratchFolder(async (folder) => {
    const download = (): Promise<string> =>
      run("apt-get", ["download", "-q", "busybox-static"], { cwd: folder, timeout: 120_000 });
    // Without current package lists, apt can't find it.
    await download().catch(() => run("apt-get", ["update", "-q"], { timeout: 180_000 }).then(download));
    const archive = (await readdir(folder)).find((file) => file.endsWith(".deb"));
    if (!archive) throw new Error("apt-get download busybox-static downloaded no package");
    await run("dpkg-deb", ["--extract", join(folder, archive), folder]);
    await mkdir(join(cacheDir, "busybox"), { recursive: true });
    await rename(join(folder, "bin/busybox"), program);
  });
  return program;
}
