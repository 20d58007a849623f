import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashContext } from "./content-hash";

/** An image's inputs. */
export interface Image {
  /** The readable part of the reference. */
  readonly name: string;
  /** Folder with the Dockerfile, the files that it copies, and optionally a .dockerignore. */
  readonly context: string;
  /** Our images that the Dockerfile takes as build arguments, by argument. They are built first. */
  readonly bases?: Readonly<Record<string, Image>>;
  /** The other build arguments. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Other inputs, such as the versions of what {@link prepare} downloads. */
  readonly inputs?: () => Promise<readonly string[]>;
  /** Downloads what the build needs from outside of its context. */
  readonly prepare?: (workshop: Workshop) => Promise<Prepared>;
}

export interface Workshop {
  /** An empty folder, deleted after the build. */
  readonly scratch: string;
  /** File with this machine's download options for apt. */
  readonly aptConf: string;
  /** Aborted once the image is no longer needed. */
  readonly signal: AbortSignal;
}

export interface Prepared {
  /** Replaces the image's context, except for the Dockerfile. */
  readonly context?: string;
  /** Folders that the Dockerfile knows by name: `COPY --from=NAME`. */
  readonly folders?: Readonly<Record<string, string>>;
}

/**
 * The image's name, tagged with a hash of its inputs, which is known without building it. The hash looks like a commit, so that a
 * deployment accepts it as one.
 */
export async function referenceOf(image: Image): Promise<string> {
  const parts = [JSON.stringify(await buildArgumentsOf(image)), ...((await image.inputs?.()) ?? [])];
  return `preview.local/${image.name}:${await hashContext(image.context, parts)}`;
}

/** All build arguments. The value for a base image is its reference. */
export async function buildArgumentsOf({ bases = {}, buildArgs = {} }: Image): Promise<Record<string, string>> {
  const references = Object.entries(bases).map(async ([name, base]) => [name, await referenceOf(base)] as const);
  return { ...Object.fromEntries(await Promise.all(references)), ...buildArgs };
}

/** Names of the build arguments of the Dockerfile in a folder. */
export async function argumentsTakenBy(context: string): Promise<string[]> {
  const dockerfile = await readFile(join(context, "Dockerfile"), "utf8");
  return [...dockerfile.matchAll(/^\s*ARG\s+(\w+)/gim)].map((match) => match[1] ?? "");
}
