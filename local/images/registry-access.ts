import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { run } from "../cluster/command";

const certificates = "/etc/ssl/certs";
const bundle = join(certificates, "ca-certificates.crt");

/**
 * How this machine's own apt, npm and pip reach their registries, as files that builds mount: mirrors, proxies,
 * credentials and certificates work in a build as they do here, and none of them stays in an image.
 */
export interface RegistryAccess {
  /** Options of apt, for mmdebstrap. */
  readonly aptConf: string;
  /** Arguments of `buildah bud`. */
  readonly mounts: readonly string[];
}

/** Writes the files into the folder, which only its owner may read and which is deleted after the builds. */
export async function describeRegistryAccess(folder: string): Promise<RegistryAccess> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [apt, npm, pip] = await Promise.all([aptConf(), npmrc(), pipConf()]);
  const files = { aptConf: join(folder, "apt.conf"), npmrc: join(folder, "npmrc"), pipConf: join(folder, "pip.conf") };
  await writeFile(files.aptConf, apt, { mode: 0o600 });
  await writeFile(files.npmrc, npm, { mode: 0o600 });
  await writeFile(files.pipConf, pip, { mode: 0o600 });
  return {
    aptConf: files.aptConf,
    mounts: [
      ...(existsSync(certificates) ? [`--volume=${certificates}:${certificates}:ro`] : []),
      `--volume=${files.aptConf}:/etc/apt/apt.conf.d/99registry:ro`,
      `--volume=${files.npmrc}:/usr/local/etc/npmrc:ro`,
      `--volume=${files.pipConf}:/etc/pip.conf:ro`,
    ],
  };
}

/** apt's options about fetching, less those that describe what it fetches. */
async function aptConf(): Promise<string> {
  const options = await run("apt-config", ["dump", "--format", '%f "%v";%n', "Acquire"]);
  const aboutContent = /^Acquire(::(IndexTargets|Changelogs|cdrom|CompressionTypes|Languages|GzipIndexes)|\s)/;
  return `${options
    .split("\n")
    .filter((line) => !aboutContent.test(line))
    .join("\n")}\n`;
}

async function npmrc(): Promise<string> {
  // npm knows best where its settings come from; those of the user who runs this count.
  const setting = async (key: string): Promise<string> =>
    (await execa("npm", ["config", "get", key], { timeout: 30_000 })).stdout.trim();
  const [registry, userConfig] = await Promise.all([setting("registry"), setting("userconfig")]);
  const text = await readFile(userConfig, "utf8").catch(() => "");
  const aboutRegistries =
    /^(@[^:]+:registry|\/\/[^=]+|proxy|https-proxy|noproxy|strict-ssl|replace-registry-host|omit-lockfile-registry-resolved)\s*=/;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => aboutRegistries.test(line))
    .map((line) => line.replace(/\$\{(\w+)\}/g, (all, name: string) => process.env[name] ?? all));
  return [`registry=${registry}`, ...(existsSync(bundle) ? [`cafile=${bundle}`] : []), ...lines, ""].join("\n");
}

async function pipConf(): Promise<string> {
  const keys = ["index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries"];
  const found = new Map<string, string>();
  const config = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
  const files = ["/etc/pip.conf", join(homedir(), ".pip/pip.conf"), join(config, "pip/pip.conf")];
  for (const file of [...files, process.env.PIP_CONFIG_FILE].filter((name) => name !== undefined)) {
    for (const line of (await readFile(file, "utf8").catch(() => "")).split("\n")) {
      const [, key, value] = /^([a-z-]+)\s*[=:]\s*(.+)$/.exec(line.trim()) ?? [];
      if (key !== undefined && value !== undefined && keys.includes(key)) found.set(key, value);
    }
  }
  for (const key of keys) {
    const name = key === "timeout" ? "PIP_DEFAULT_TIMEOUT" : `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
    const value = process.env[name];
    if (value) found.set(key, value);
  }
  if (existsSync(bundle)) found.set("cert", bundle);
  return ["[global]", ...[...found].map(([key, value]) => `${key} = ${value}`), ""].join("\n");
}
