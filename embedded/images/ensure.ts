import { join } from "node:path";
import { UserError } from "../../contract";
import { importImage, isContainerdReady, listImages } from "../cluster/programs/containerd";
import { interruption } from "../../clients/process/interruption";
import { all } from "../../clients/process/all";
import { buildByDockerfile } from "./build-image";
import { forgetFormerVersions } from "./former-versions";
import { type Image, referenceOf } from "./image";
import { describeRegistryAccess, type RegistryAccess } from "./registry-access";
import { withScratchFolder } from "./scratch";
import { builtImages, exportImage, withStorage } from "./storage";

type Report = (message: string) => void;

/**
 * Builds the images that the node doesn't have, along with their base images, and imports them. Resolves to their references in
 * the same order. Takes a fraction of a second if none is missing.
 *
 * @throws UserError if a build fails, with its last lines and its log, or if the node isn't running
 */
export async function ensureImages(images: readonly Image[], report: Report): Promise<string[]> {
  if (!(await isContainerdReady())) {
    throw new UserError("the images can't be imported: the node isn't running; start it with npm start");
  }
  const references = await Promise.all(images.map(referenceOf));
  if (isSubset(references, await listImages())) return references;
  await withStorage(report, async () => {
    // Another process may have imported them while this one waited for the storage.
    const present = await listImages();
    await bring(
      images.filter((_, index) => !present.has(references[index] ?? "")),
      report,
    );
    await forgetFormerVersions(references);
  });
  return references;
}

const isSubset = (some: readonly string[], all: ReadonlySet<string>): boolean => some.every((one) => all.has(one));

/**
 * Builds the images that aren't in the storage, and calls `copy` for one after the other while the storage is locked. Resolves to
 * their references in the same order.
 *
 * @throws UserError if a build fails, with its last lines and its log
 */
export async function copyImages(
  images: readonly Image[],
  copy: (reference: string) => Promise<void>,
  report: Report,
): Promise<string[]> {
  return withStorage(report, () =>
    withBuilder(report, async (build) => {
      const references = await all(images.map(build));
      for (const reference of references) await copy(reference);
      return references;
    }),
  );
}

async function bring(images: readonly Image[], report: Report): Promise<void> {
  await withBuilder(report, async (build, { scratch, fail, signal }) => {
    const inTurn = queue();
    await all(
      images.map(async (image) => {
        const reference = await build(image);
        const archive = join(scratch, `${image.name}.tar`);
        await exportImage(reference, archive).catch(fail);
        // Sequentially: two parallel imports take twice as long, since they compete for the disk.
        await inTurn(async () => {
          signal.throwIfAborted();
          report(`${image.name}: importing the image into the node`);
          await importImage(archive).catch(fail);
        });
      }),
    );
  });
}

interface Site {
  /** An empty folder, deleted afterwards. */
  readonly scratch: string;
  /** Reports a failure, which cancels all other work. */
  readonly fail: (error: unknown) => never;
  readonly signal: AbortSignal;
}

/** Provides a function that builds an image after its base images. The storage must be locked. */
async function withBuilder<T>(
  report: Report,
  use: (build: (image: Image) => Promise<string>, site: Site) => Promise<T>,
): Promise<T> {
  return withScratchFolder(async (scratch) => {
    const access = await describeRegistryAccess(join(scratch, "registries"));
    const failure = new AbortController();
    const signal = AbortSignal.any([failure.signal, interruption]);
    const built = new Set((await builtImages()).flatMap(({ references }) => references));
    const fail = (error: unknown): never => {
      failure.abort(error);
      throw error;
    };
    return use(builder({ access, built, fail, signal, report }), { scratch, fail, signal });
  });
}

interface BuilderOptions extends Pick<Site, "fail" | "signal"> {
  readonly access: RegistryAccess;
  /** References of images that already exist. */
  readonly built: ReadonlySet<string>;
  readonly report: Report;
}

/** Builds an image after its base images, each only once, and resolves to its reference. */
function builder({ access, built, fail, signal, report }: BuilderOptions): (image: Image) => Promise<string> {
  const begun = new Map<string, Promise<void>>();

  async function build(image: Image): Promise<string> {
    const reference = await referenceOf(image);
    if (!built.has(reference)) {
      const building = begun.get(reference) ?? make(image, reference).catch(fail);
      begun.set(reference, building);
      await building;
    }
    return reference;
  }

  function make(image: Image, reference: string): Promise<void> {
    return withScratchFolder(async (scratch) => {
      report(`${image.name}: building the image`);
      const workshop = { scratch, aptConf: access.aptConf, signal };
      const bases = all(Object.values(image.bases ?? {}).map(build));
      const [prepared] = await all([image.prepare?.(workshop), bases]);
      await buildByDockerfile(image, reference, { ...prepared, mounts: access.mounts, signal, report });
    });
  }

  return build;
}

/** Runs tasks one after the other. */
function queue(): (work: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return (work) => {
    const current = last.then(work);
    last = current.catch(() => undefined);
    return current;
  };
}
