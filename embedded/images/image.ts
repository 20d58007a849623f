import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hashContext } from "./content-hash";

/** What an image is built from. */
export interface Image {
  /** The part of the reference that people read. */
  readonly name: string;
  /** Folder with the Dockerfile, what it copies, and perhaps a .dockerignore. */
  readonly context: string;
  /** Images of ours that the Dockerfile takes as build arguments, by the argument's name. They are built first. */
  readonly bases?: Readonly<Record<string, Image>>;
  /** The other build arguments. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** What else decides the content, such as versions of what {@link prepare} fetches. */
  readonly inputs?: () => Promise<readonly string[]>;
  /** Fetches what the build needs from outside its context. */
  readonly prepare?: (workshop: Workshop) => Promise<Prepared>;
}

export interface Workshop {
  /** An empty folder, deleted after the build. */
  readonly scratch: string;
  /** File with this machine's options of apt about fetching. */
  readonly aptConf: string;
  /** Aborted when the image isn't wanted any more. */
  readonly signal: AbortSignal;
}

export interface Prepared {
  /** Takes the place of the image's own context, but for the Dockerfile. */
  readonly context?: string;
  /** Folders that the Dockerfile knows by name: `COPY --from=NAME`. */
  readonly folders?: Readonly<Record<string, string>>;
}

/**
 * The image's name, with a hash of all that it is built from as its tag: known before, and without, building it. The
 * hash looks like a commit's, so that it can stand wherever a deployment wants the image of a commit.
 */
export async function referenceOf(image: Image): Promise<string> {
  const parts = [JSON.stringify(await buildArgumentsOf(image)), ...((await image.inputs?.()) ?? [])];
  return `preview.local/${image.name}:${await hashContext(image.context, parts)}`;
}

/** All build arguments; a base's value is its reference. */
export async function buildArgumentsOf({ bases = {}, buildArgs = {} }: Image): Promise<Record<string, string>> {
  const references = Object.entries(bases).map(async ([name, base]) => [name, await referenceOf(base)] as const);
  return { ...Object.fromEntries(await Promise.all(references)), ...buildArgs };
}

/** Names of the arguments that the Dockerfile in a folder takes. */
export async function argumentsTakenBy(context: string): Promise<string[]> {
  const dockerfile = await readFile(join(context, "Dockerfile"), "utf8");
  return [...dockerfile.matchAll(/^\s*ARG\s+(\w+)/gim)].map((match) => match[1] ?? "");
}
