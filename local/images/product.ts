import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { imagesInUse, importImage, isContainerdReady, listImages, removeImages } from "../cluster/containerd";
import { cacheDir, checkout, runtimeDir } from "../paths";
import { ensureBases, planBases, type Bases } from "./bases";
import { buildImage, exportImage, listBuiltImages, releaseStorage, removeBuiltImages } from "./buildah";
import { hashContext } from "./content-hash";
import { describeRegistryAccess } from "./registry-access";
import { withScratchFolder } from "./scratch";

/** References of the reference product's images, as the node has them. */
export interface ProductImages {
  readonly api: string;
  readonly web: string;
  readonly postgres: string;
}

const contexts = { api: join(checkout, "example/backend"), web: join(checkout, "example/frontend") };

/** How many versions of an image are kept besides those in use: going back to one costs nothing then. */
const keptVersions = 3;

/**
 * Builds the reference product by its own Dockerfiles, on bases of ours, and brings it and Postgres to the node. Does
 * nothing, in well under a second, when the node has them as the files are now.
 * @throws Error with the last lines of a build that failed, or if the node isn't running.
 */
export async function ensureProductImages(report: (message: string) => void): Promise<ProductImages> {
  const bases = await planBases();
  const images: ProductImages = {
    api: `preview.local/api:${await hashContext(contexts.api, [bases.python])}`,
    web: `preview.local/web:${await hashContext(contexts.web, [bases.node])}`,
    postgres: bases.postgres,
  };
  const present = await listImages().catch(() => new Set<string>());
  const missing = Object.values(images).filter((reference: string) => !present.has(reference));
  if (missing.length === 0) return images;

  await build(images, missing, bases, report);
  if (!(await isContainerdReady())) throw new Error("the images can't be imported: the node isn't running");
  report("importing the product's images into the node");
  await Promise.all(missing.map(transfer));
  await forgetFormerVersions(images);
  return images;
}

async function build(
  images: ProductImages,
  missing: readonly string[],
  bases: Bases,
  report: (message: string) => void,
): Promise<void> {
  await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(runtimeDir, "build-"));
  try {
    const access = await describeRegistryAccess(folder);
    const built = await listBuiltImages();
    const isToBuild = (reference: string): boolean => missing.includes(reference) && !built.has(reference);
    const needed: (keyof Bases)[] = [
      ...(isToBuild(images.api) ? (["python"] as const) : []),
      ...(isToBuild(images.web) ? (["node"] as const) : []),
      ...(isToBuild(images.postgres) ? (["postgres"] as const) : []),
    ];
    await ensureBases(bases, needed, access, report);

    const buildProduct = async (name: "api" | "web", buildArgs: Record<string, string>): Promise<void> => {
      if (!isToBuild(images[name])) return;
      if (!existsSync(join(contexts[name], "Dockerfile"))) throw new Error(`${contexts[name]} has no Dockerfile`);
      report(`building the image of ${name}`);
      const mounts = [...access.mounts, ...(await downloadCaches())];
      await buildImage({ reference: images[name], context: contexts[name], buildArgs, mounts });
    };
    await Promise.all([
      buildProduct("web", { NODE_IMAGE: bases.node }),
      buildProduct("api", { PYTHON_IMAGE: bases.python }),
    ]);
  } finally {
    await releaseStorage();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A change of one dependency doesn't fetch all the others again. */
async function downloadCaches(): Promise<string[]> {
  const npm = join(cacheDir, "npm-downloads");
  await mkdir(npm, { recursive: true });
  return [`--volume=${npm}:/root/.npm`];
}

async function transfer(reference: string): Promise<void> {
  await withScratchFolder(async (folder) => {
    const archive = join(folder, "image.tar");
    await exportImage(reference, archive);
    await importImage(archive);
  });
}

/** Frees the disk from what former versions of the files were built into. */
async function forgetFormerVersions(images: ProductImages): Promise<void> {
  const [present, used, built] = await Promise.all([listImages(), imagesInUse(), listBuiltImages()]);
  for (const reference of Object.values(images) as string[]) {
    const repository = reference.slice(0, reference.lastIndexOf(":") + 1);
    const isFormer = (other: string): boolean => other.startsWith(repository) && other !== reference;
    await removeImages([...present].filter((other) => isFormer(other) && !used.has(other)).slice(0, -keptVersions));
    await removeBuiltImages([...built].filter(isFormer).slice(0, -keptVersions)).catch(() => undefined);
  }
}
