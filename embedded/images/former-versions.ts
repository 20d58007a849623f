import { imagesInUse, listImages, removeImages } from "../cluster/programs/containerd";
import { builtImages, removeBuildSteps, removeBuiltImages } from "./storage";

/** How many versions of an image are kept in addition to those in use, so that going back to one is free. */
const keptVersions = 3;

/** How many cached build steps are kept. The reference product has forty; a change to it adds eight. */
const keptSteps = 100;

/** Removes old versions of the images, here and on the node. */
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
