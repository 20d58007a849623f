import { imagesInUse, listImages, removeImages } from "../cluster/programs/containerd";
import { builtImages, removeBuildSteps, removeBuiltImages } from "./storage";

/** How many versions of an image are kept besides those in use: going back to one costs nothing then. */
const keptVersions = 3;

/** So many steps of former builds are kept for those to come; the reference product takes forty, a change of it adds eight. */
const keptSteps = 100;

/** Frees the disk, here and on the node, from what former versions of the images' sources were built into. */
export async function forgetFormerVersions(current: readonly string[]): Promise<void> {
  const built = await builtImages();
  const used = await imagesInUse();
  const newestFirst = [...built].sort((a, b) => b.created - a.created).flatMap(({ references }) => references);
  const former = current.flatMap((reference) => {
    const repository = reference.slice(0, reference.lastIndexOf(":") + 1);
    const versions = newestFirst.filter((other) => other.startsWith(repository) && !current.includes(other));
    return versions.filter((other) => !used.has(other)).slice(keptVersions);
  });
  const present = await listImages();
  await removeImages(former.filter((reference) => present.has(reference)));
  await removeBuiltImages(former);
  if (built.filter(({ references }) => references.length === 0).length > keptSteps) await removeBuildSteps();
}
