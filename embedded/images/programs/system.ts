import { join } from "node:path";
import { busybox } from "./busybox";
import type { ProgramImage } from "./program-image";

export { ensureProgramImages, referenceOf } from "./program-image";

const nobody = "65532:65532";

export const pauseImage = (nodeBin: string): ProgramImage => ({
  name: "pause",
  program: join(nodeBin, "pause"),
  user: nobody,
});
export const corednsImage = (nodeBin: string): ProgramImage => ({
  name: "coredns",
  program: join(nodeBin, "coredns"),
  user: nobody,
});
export const localPathImage = (nodeBin: string): ProgramImage => ({
  name: "local-path-provisioner",
  program: join(nodeBin, "local-path-provisioner"),
  user: nobody,
});
export const traefikImage = (traefikBin: string): ProgramImage => ({
  name: "traefik",
  program: join(traefikBin, "traefik"),
  user: nobody,
});

/** A shell for the pods that create and remove the volumes' folders, which requires root, and for the catch-all page. */
export async function shellImage(): Promise<ProgramImage> {
  return { name: "shell", program: await busybox(), links: ["sh", "mkdir", "rm", "httpd"], user: "0:0" };
}
