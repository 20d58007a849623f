import { join } from "node:path";
import { checkout } from "../paths";
import { postgres, productBases } from "./bases";
import { copyImages, ensureImages } from "./ensure";
import { argumentsTakenBy, type Image, referenceOf } from "./image";

/** References of the reference product's images, as the node has them. */
export interface ProductImages {
  readonly api: string;
  readonly web: string;
  readonly postgres: string;
}

/** The images that a compose file can run, and the base images by build argument. */
export type ProductImageName = keyof ProductImages | keyof typeof productBases;

export interface ImageOptions {
  /** The image's name: its reference is `preview.local/NAME:HASH`. */
  readonly name: string;
  /** Folder with a Dockerfile, whose `ARG PYTHON_IMAGE` or `ARG NODE_IMAGE` gets one of our base images. */
  readonly context: string;
  /** Other build arguments, which may include references of the product's images. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/**
 * Builds the images of the reference product and of Postgres, and imports them into the node. Takes a fraction of a second if the
 * node has the current versions.
 *
 * @throws UserError if a build fails, with its last lines and its log, or if the node isn't running
 */
export async function ensureProductImages(report: (message: string) => void): Promise<ProductImages> {
  // The slowest build first.
  const [web = "", api = "", database = ""] = await ensureImages(await productImages(), report);
  return { api, web, postgres: database };
}

/**
 * Calls `copy` for the given images, one after the other, with the storage locked, where {@link buildahArguments} finds them.
 * Resolves to their references.
 *
 * @throws UserError if a build fails, with its last lines and its log
 */
export async function copyProductImages<Name extends ProductImageName>(
  names: readonly Name[],
  copy: (reference: string) => Promise<void>,
  report: (message: string) => void,
): Promise<Record<Name, string>> {
  const [web, api] = await productImages();
  const images: Record<string, Image> = { web: web!, api: api!, postgres, ...productBases };
  const references = await copyImages(
    names.map((name) => images[name]!),
    copy,
    report,
  );
  return Object.fromEntries(names.map((name, index) => [name, references[index]!])) as Record<Name, string>;
}

/**
 * The same for any folder with a Dockerfile; resolves to the image's reference.
 *
 * @example
 * // A second revision of the API that can't migrate:
 * await ensureImage({ name: "api", context: folder, buildArgs: { API_IMAGE: images.api } }, report);
 * @throws UserError as {@link ensureProductImages} does
 */
export async function ensureImage(options: ImageOptions, report: (message: string) => void): Promise<string> {
  const image = await describe(options);
  const bases = { ...image.bases, ...(await productImagesAmong(options.buildArgs ?? {})) };
  const [reference = ""] = await ensureImages([{ ...image, bases }], report);
  return reference;
}

async function productImages(): Promise<Image[]> {
  return [
    await describe({ name: "web", context: join(checkout, "examples/order-desk/frontend") }),
    await describe({ name: "api", context: join(checkout, "examples/order-desk/backend") }),
    postgres,
  ];
}

async function describe({ name, context, buildArgs }: ImageOptions): Promise<Image> {
  const taken = await argumentsTakenBy(context);
  const bases = Object.entries(productBases).filter(([argument]) => taken.includes(argument));
  return { name, context, buildArgs, bases: Object.fromEntries(bases) };
}

/** Those build arguments that refer to the product's images, so that these are built if necessary. */
async function productImagesAmong(buildArgs: Readonly<Record<string, string>>): Promise<Record<string, Image>> {
  const entries = Object.entries(buildArgs);
  const found = (await productImages()).map(async (image) => {
    const reference = await referenceOf(image);
    return entries.filter(([, value]) => value === reference).map(([name]) => [name, image] as const);
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}
