import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { promisify } from "node:util";

const gib = 2 ** 30;
/** The embedded node, one preview and their builds. Seen: 14 GiB with the Go build cache, 3 GiB while building. */
const needed = { diskGiB: existsSync("/var/lib/preview-stack") ? 4 : 20, memoryGiB: 4, goMinor: 26 };

const elsewhere = "or use a cluster that you have: npm start -- --context NAME --domain DOMAIN --api IMAGE --web IMAGE";

/**
 * The first thing that this machine lacks for the embedded default, as one sentence with what to do instead.
 *
 * @returns {Promise<string | undefined>}
 */
export async function missingPrerequisite() {
  if (process.platform !== "linux") {
    return `The embedded node runs on Linux only, and this is ${process.platform}: use a Linux machine, ${elsewhere}`;
  }
  if (process.getuid?.() !== 0) {
    return `The embedded node needs root for its namespaces and mounts: run it as root (sudo npm start), ${elsewhere}`;
  }
  if (!existsSync("/usr/bin/apt-get")) {
    return `The embedded node takes its system packages from apt-get, which isn't here: use Debian 12, ${elsewhere}`;
  }
  const go = await goVersion();
  if (go === undefined || !isRecentGo(go)) {
    const found = go === undefined ? "none is on PATH" : `PATH has ${go}`;
    return `The toolchain is built with Go 1.${needed.goMinor} or later, and ${found}: install it from go.dev, ${elsewhere}`;
  }
  const memory = totalmem();
  if (memory < needed.memoryGiB * gib) {
    return `The embedded node needs ${needed.memoryGiB} GiB of memory, and this machine has ${inGiB(memory)}: use a larger one, ${elsewhere}`;
  }
  if (freemem() < gib) {
    return `The embedded node needs 1 GiB of free memory, and ${inGiB(freemem())} is free: end something that uses it, ${elsewhere}`;
  }
  const disk = await freeDisk();
  if (disk < needed.diskGiB * gib) {
    return `The embedded node needs ${needed.diskGiB} GiB of free disk, and ${inGiB(disk)} is free below /var/lib: make room, ${elsewhere}`;
  }
  return undefined;
}

const inGiB = (bytes) => `${(bytes / gib).toFixed(1)} GiB`;

async function goVersion() {
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** `go1.26.8` */
function isRecentGo(version) {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= needed.goMinor);
}

async function freeDisk() {
  const { bavail, bsize } = await statfs("/var/lib");
  return bavail * bsize;
}
