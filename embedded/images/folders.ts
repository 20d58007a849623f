import { join } from "node:path";
import { cacheDir, runtimeDir } from "../paths";

/** All that is kept to build images from and with. */
export const imagesDir = join(cacheDir, "images");
/** Ours alone: what the user builds with buildah or podman is neither seen nor touched. */
export const storageDir = join(imagesDir, "storage");
export const storageRunDir = join(runtimeDir, "buildah");
