import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../cluster/host/command";
import { ensurePackages } from "../packages";
import { cacheDir } from "../paths";

const packages = ["podman", "netavark", "aardvark-dns", "runc", "socat", "util-linux", "python3", "python3-venv"];
const requirements = join(__dirname, "requirements.txt");

/** Installs podman from Debian and podman-compose from PyPI, unless they are installed. */
export async function installPodmanCompose(options: Parameters<typeof ensurePackages>[1]): Promise<void> {
  await ensurePackages(packages, options);
  const folder = await environmentFolder();
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await run("python3", ["-m", "venv", partial], { timeout: 60_000 });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `--requirement=${requirements}`];
  await run(join(partial, "bin/python"), pip, { timeout: 120_000 });
  await rename(partial, folder);
}

/** The command line of podman-compose. As a module, since the scripts of a moved virtual environment have its old path. */
export async function podmanCompose(...args: readonly string[]): Promise<string[]> {
  return [join(await environmentFolder(), "bin/python"), "-m", "podman_compose", ...args];
}

async function environmentFolder(): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  return join(cacheDir, `podman-compose-${hash.slice(0, 16)}`);
}
