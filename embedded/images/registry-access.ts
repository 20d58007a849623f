import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { run } from "../cluster/host/command";
import { debianSuite } from "./debian";
import { debianSources } from "./debian-sources";
import { imagesDir } from "./folders";

const certificates = "/etc/ssl/certs";
const bundle = join(certificates, "ca-certificates.crt");

/**
 * How this machine's apt, npm and pip reach their registries. Builds mount it, so that mirrors, proxies, credentials and
 * certificates work as they do here, and none of them gets into an image. (An image keeps an empty file for each mounted one.)
 */
export interface RegistryAccess {
  /** File with apt's download options. */
  readonly aptConf: string;
  /** Arguments of `buildah bud`. */
  readonly mounts: readonly string[];
}

/** Writes the files that builds mount into a folder that only its owner can read. Delete it after the builds. */
export async function describeRegistryAccess(folder: string): Promise<RegistryAccess> {
  const [apt, npm, pip, sources] = await Promise.all([aptConf(), npmrc(), pipConf(), debianSources(debianSuite)]);
  const files = { aptConf: join(folder, "apt.conf"), npmrc: join(folder, "npmrc"), pipConf: join(folder, "pip.conf") };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(files.aptConf, apt);
  await writeFile(files.npmrc, npm);
  await writeFile(files.pipConf, pip);
  // Kept, so that a changed dependency doesn't cause all others to be downloaded again.
  const npmDownloads = join(imagesDir, "npm-downloads");
  await mkdir(npmDownloads, { recursive: true });
  return {
    aptConf: files.aptConf,
    mounts: [
      ...(existsSync(certificates) ? [`--volume=${certificates}:${certificates}:ro`] : []),
      `--volume=${files.aptConf}:/etc/apt/apt.conf.d/99registry:ro`,
      ...sources.map((file) => `--volume=${file}:/etc/apt/sources.list.d/${basename(file)}:ro`),
      `--volume=${files.npmrc}:/usr/local/etc/npmrc:ro`,
      `--volume=${npmDownloads}:/root/.npm`,
      `--volume=${files.pipConf}:/etc/pip.conf:ro`,
    ],
  };
}

/** apt's download options, except those about the content. */
async function aptConf(): Promise<string> {
  const options = await run("apt-config", ["dump", "--format", '%f "%v";%n', "Acquire"]);
  const aboutContent = /^Acquire(::(IndexTargets|Changelogs|cdrom|CompressionTypes|Languages|GzipIndexes)|\s)/;
  return `${options
    .split("\n")
    .filter((line) => !aboutContent.test(line))
    .join("\n")}\n`;
}

/** npm's registry, and the settings for registries, proxies and credentials from its files. */
async function npmrc(): Promise<string> {
  const setting = async (key: string): Promise<string> =>
    (await run("npm", ["config", "get", key], { timeout: 30_000, env: { PATH: process.env.PATH ?? "" } })).trim();
  const [registry = "", ...files] = await Promise.all(["registry", "globalconfig", "userconfig"].map(setting));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  const names = [
    "proxy",
    "https-proxy",
    "noproxy",
    "strict-ssl",
    "replace-registry-host",
    "omit-lockfile-registry-resolved",
  ];
  const aboutRegistries = new RegExp(`^(@[^:]+:registry|//[^=]+|${names.join("|")})\\s*=`);
  const lines = texts
    .join("\n")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => aboutRegistries.test(line))
    .map((line) => line.replace(/\$\{(\w+)\}/g, (all, name: string) => process.env[name] ?? all));
  return [`registry=${registry}`, ...(existsSync(bundle) ? [`cafile=${bundle}`] : []), ...lines, ""].join("\n");
}

/** The settings from pip's files and variables. As in pip, variables take precedence. */
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
