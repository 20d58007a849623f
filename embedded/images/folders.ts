import { join } from "node:path";
import { cacheDir, runtimeDir } from "../paths";

/** Everything that image builds keep. */
export const imagesDir = join(cacheDir, "images");
/** A separate storage, which doesn't affect what the user builds with buildah or podman. */
export const storageDir = join(imagesDir, "storage");
export const storageRunDir = join(runtimeDir, "buildah");
