import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { appendFile, mkdir } from "node:fs/promises";
import { systemPath } from "../cluster/command";
import { unmountBelow } from "../cluster/mounts";
import { cacheDir, logDir, runtimeDir } from "../paths";

/** Ours alone: what the user builds with buildah or podman is neither seen nor touched. */
const storage = join(cacheDir, "buildah");
const storageOptions = [`--root=${storage}`, `--runroot=${join(runtimeDir, "buildah")}`];

const minutes = 60_000;

async function buildah(args: readonly string[], options: { timeout: number; log?: string }): Promise<string> {
  try {
    const { stdout, all } = await execa("buildah", [...storageOptions, ...args], {
      all: true,
      timeout: options.timeout,
      stdin: "ignore",
      cwd: "/",
      env: { PATH: systemPath },
    });
    if (options.log) await appendFile(options.log, all);
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT") throw new Error("buildah isn't installed", { cause: error });
    const output = String(error.all ?? "").trimEnd();
    if (options.log) await appendFile(options.log, `${output}\n`);
    const outcome = error.timedOut ? `took longer than ${options.timeout / minutes} minutes` : "failed";
    const where = options.log ? ` The log is ${options.log}` : "";
    const last = output.split("\n").slice(-15).join("\n  ");
    throw new Error(`buildah ${args[0] ?? ""} ${outcome}.${where}\n  ${last}`, { cause: error });
  }
}

export interface Build {
  readonly reference: string;
  /** Folder with the Dockerfile and what it copies. */
  readonly context: string;
  /** Folders that the Dockerfile knows by name: `COPY --from=NAME`. */
  readonly namedContexts?: Readonly<Record<string, string>>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Arguments that mount what the build, but not the image, needs. */
  readonly mounts?: readonly string[];
}

/**
 * Builds an image by its Dockerfile.
 * @throws Error with the last lines of the build and the name of its log.
 */
export async function buildImage({ reference, context, namedContexts, buildArgs, mounts }: Build): Promise<void> {
  await mkdir(logDir, { recursive: true });
  const name = /([^/:]+):[^:]*$/.exec(reference)?.[1] ?? "image";
  await buildah(
    [
      ...["bud", "--isolation=chroot", "--network=host", "--pull=never", "--layers", `--tag=${reference}`],
      // The same input makes the same layers, which a node then has once.
      "--timestamp=0",
      ...Object.entries(namedContexts ?? {}).map(([key, folder]) => `--build-context=${key}=${folder}`),
      ...Object.entries(buildArgs ?? {}).map(([key, value]) => `--build-arg=${key}=${value}`),
      ...(mounts ?? []),
      context,
    ],
    { timeout: 20 * minutes, log: join(logDir, `image-${name}.log`) },
  );
}

/** References of the images that have been built on this machine. */
export async function listBuiltImages(): Promise<Set<string>> {
  const lines = await buildah(["images", "--format={{.Name}}:{{.Tag}}"], { timeout: minutes }).catch(() => "");
  return new Set(lines.split("\n").filter(Boolean));
}

export async function removeBuiltImages(references: readonly string[]): Promise<void> {
  if (references.length > 0) await buildah(["rmi", "--force", ...references], { timeout: 2 * minutes });
}

/** Writes the image into a Docker archive, its layers uncompressed: it doesn't leave this machine. */
export async function exportImage(reference: string, archive: string): Promise<void> {
  await buildah(["push", "--quiet", reference, `docker-archive:${archive}:${reference}`], { timeout: 10 * minutes });
}

/** The storage mounts itself onto itself; undone, so that nothing of ours stays mounted. */
export async function releaseStorage(): Promise<void> {
  await unmountBelow(storage);
}
