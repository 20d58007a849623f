import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../../cluster/host/command";
import { importImage, listImages, removeImages } from "../../cluster/programs/containerd";
import { withScratchFolder } from "../scratch";

/** An image with a single statically linked program. */
export interface ProgramImage {
  readonly name: string;
  /** The program on this machine. */
  readonly program: string;
  /** Additional names of the program. */
  readonly links?: readonly string[];
  readonly user: string;
}

/**
 * The image's reference. Its tag is a hash of the program's path, size and modification time rather than its content, so that a
 * start without changes doesn't read 300 MB.
 */
export async function referenceOf({ name, program, links, user }: ProgramImage): Promise<string> {
  const { size, mtimeMs } = await stat(program);
  const hash = createHash("sha256").update(JSON.stringify([program, size, mtimeMs, links, user]));
  return `preview.local/${name}:${hash.digest("hex").slice(0, 40)}`;
}

/** Creates and imports the images that the node doesn't have, and removes their old versions. */
export async function ensureProgramImages(...images: readonly ProgramImage[]): Promise<void> {
  const present = await listImages();
  await Promise.all(
    images.map(async (image) => {
      const reference = await referenceOf(image);
      if (!present.has(reference)) await makeAndImport(image, reference);
      const former = [...present].filter((other) => other.startsWith(`preview.local/${image.name}:`));
      await removeImages(former.filter((other) => other !== reference));
    }),
  );
}

async function makeAndImport({ name, program, links = [], user }: ProgramImage, reference: string): Promise<void> {
  await withScratchFolder(async (folder) => {
    const root = join(folder, "root");
    await mkdir(join(root, "bin"), { recursive: true });
    await copyFile(program, join(root, "bin", name));
    for (const link of links) await symlink(name, join(root, "bin", link));
    const reproducible = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name", "--mode=755"];
    await run("tar", [...reproducible, "-cf", join(folder, "layer.tar"), "-C", root, "bin"], { timeout: 120_000 });

    const digest = createHash("sha256");
    await pipeline(createReadStream(join(folder, "layer.tar")), digest);
    const config = {
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: [`/bin/${name}`], Env: ["PATH=/bin"], User: user, WorkingDir: "/" },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest.digest("hex")}`] },
    };
    const manifest = [{ Config: "config.json", RepoTags: [reference], Layers: ["layer.tar"] }];
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    const archive = join(folder, "image.tar");
    await run("tar", ["-cf", archive, "-C", folder, "manifest.json", "config.json", "layer.tar"], { timeout: 120_000 });
    await importImage(archive);
  });
}
