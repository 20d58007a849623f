import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { promisify } from "node:util";

const gib = 2 ** 30;
/** Measured: 14 GiB of disk including Go's build cache, 3 GiB of memory while building. */
const needed = { freshDiskGiB: 20, laterDiskGiB: 4, memoryGiB: 4, freeMemoryGiB: 1, goMinor: 26 };

/**
 * The facts about a machine that the embedded default depends on.
 *
 * @typedef {object} Machine
 * @property {string} platform
 * @property {string} arch
 * @property {boolean} isRoot
 * @property {boolean} hasApt
 * @property {string | undefined} go `go1.26.8`; undefined if it isn't installed
 * @property {number} memory in bytes
 * @property {number} freeMemory in bytes
 * @property {number} freeDisk in bytes, below /var/lib
 * @property {boolean} isBuilt whether a node was started here before, so that its toolchain and images exist
 */

const elsewhere = "or use your own cluster: npm start -- --context NAME --domain DOMAIN --api IMAGE --web IMAGE";

/**
 * The first prerequisite of the embedded default that a machine lacks, in one sentence with what to do about it.
 *
 * @param {Machine} machine
 * @returns {string | undefined}
 */
export function missingPrerequisite(machine) {
  const { platform, go, memory, freeMemory, freeDisk } = machine;
  const diskGiB = machine.isBuilt ? needed.laterDiskGiB : needed.freshDiskGiB;
  if (platform !== "linux") {
    return `The embedded node runs only on Linux, and this is ${platform}: use a Linux machine, ${elsewhere}`;
  }
  if (machine.arch !== "x64") {
    return `The embedded node's Postgres is available only for x86-64, and this machine is ${machine.arch}: use another machine, ${elsewhere}`;
  }
  if (!machine.isRoot) {
    return `The embedded node needs root for its namespaces and mounts: run it as root (sudo npm start), ${elsewhere}`;
  }
  if (!machine.hasApt) {
    return `The embedded node installs system packages with apt-get, which is missing: use Debian 12, ${elsewhere}`;
  }
  if (go === undefined || !isRecentGo(go)) {
    const found = go === undefined ? "none is on PATH" : `PATH has ${go}`;
    return `The toolchain needs Go 1.${needed.goMinor} or later, and ${found}: install it from go.dev, ${elsewhere}`;
  }
  if (memory < needed.memoryGiB * gib) {
    return `The embedded node needs ${needed.memoryGiB} GiB of memory, and this machine has ${inGiB(memory)}: use a larger one, ${elsewhere}`;
  }
  if (freeMemory < needed.freeMemoryGiB * gib) {
    return `The embedded node needs ${needed.freeMemoryGiB} GiB of free memory, and ${inGiB(freeMemory)} is free: stop a program that uses a lot, ${elsewhere}`;
  }
  if (freeDisk < diskGiB * gib) {
    return `The embedded node needs ${diskGiB} GiB of free disk, and ${inGiB(freeDisk)} is free in /var/lib: free some space, ${elsewhere}`;
  }
  return undefined;
}

/** @param {number} bytes */
const inGiB = (bytes) => `${(bytes / gib).toFixed(1)} GiB`;

/** @param {string} version `go1.26.8` */
function isRecentGo(version) {
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= needed.goMinor);
}

/** @returns {Promise<Machine>} */
export async function thisMachine() {
  const disk = await statfs("/var/lib").catch(() => ({ bavail: 0, bsize: 0 }));
  return {
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    hasApt: existsSync("/usr/bin/apt-get"),
    go: await goVersion(),
    memory: totalmem(),
    freeMemory: freemem(),
    freeDisk: disk.bavail * disk.bsize,
    isBuilt: existsSync("/var/lib/preview-stack/containerd"),
  };
}

async function goVersion() {
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
