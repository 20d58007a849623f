import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../contract";
import { clusterName } from "../layout";

const mountPoint = "/sys/fs/cgroup";
/** The controllers that the kubelet requires in its cgroup root. */
const kubeletControllers = ["cpu", "cpuset", "memory", "pids"];

const isUnified = existsSync(join(mountPoint, "cgroup.controllers"));

/** The kubelet's cgroup root, relative to each hierarchy as it expects. */
export const cgroupRoot = `/${clusterName}`;

/** The cgroup that contains all of the node's processes and containers. */
const censusRoot = join(isUnified ? mountPoint : join(mountPoint, "pids"), clusterName);

/** Writing a process id here marks the process and its descendants as the node's. */
export const daemonCgroupProcs = join(censusRoot, "daemons", "cgroup.procs");

async function hierarchies(): Promise<string[]> {
  if (isUnified) return [mountPoint];
  const entries = await readdir(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mountPoint, entry.name));
}

export function hasCgroups(): boolean {
  return existsSync(daemonCgroupProcs);
}

/**
 * Creates the cgroups that the daemons and the kubelet start in.
 * @throws UserError that names the controllers missing on this machine
 */
export async function createCgroups(): Promise<void> {
  if (isUnified) {
    const available = (await readFile(join(mountPoint, "cgroup.controllers"), "utf8")).trim().split(" ");
    requireControllers(available);
    await mkdir(join(mountPoint, clusterName), { recursive: true });
    // The kubelet also needs hugetlb if the kernel has it.
    const wanted = [...kubeletControllers, "hugetlb"].filter((controller) => available.includes(controller));
    const enable = wanted.map((controller) => `+${controller}`).join(" ");
    await writeFile(join(mountPoint, "cgroup.subtree_control"), enable);
    await writeFile(join(mountPoint, clusterName, "cgroup.subtree_control"), enable);
  } else {
    requireControllers(await readdir(mountPoint));
    for (const hierarchy of await hierarchies()) {
      await mkdir(join(hierarchy, clusterName), { recursive: true });
    }
    // A new cpuset is empty, and no process can run in an empty one.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const inherited = await readFile(join(mountPoint, "cpuset", file), "utf8");
      await writeFile(join(mountPoint, "cpuset", clusterName, file), inherited);
    }
  }
  await mkdir(join(censusRoot, "daemons"), { recursive: true });
}

function requireControllers(available: readonly string[]): void {
  const missing = kubeletControllers.filter((controller) => !available.includes(controller));
  if (missing.length > 0) {
    throw new UserError(`this machine lacks the cgroup controllers ${missing.join(", ")}, which the kubelet needs`);
  }
}

/** Ids of all living processes in the node's cgroups: daemons, shims and what runs in containers. */
export async function nodeProcesses(): Promise<number[]> {
  return processesBelow(censusRoot);
}

async function processesBelow(root: string): Promise<number[]> {
  const pids: number[] = [];
  for (const folder of await subtree(root)) {
    const text = await readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "");
    pids.push(...text.split("\n").filter(Boolean).map(Number));
  }
  return pids;
}

/** Kills the processes in the node's containers. Callers have asked them to stop before. */
export async function killContainers(): Promise<void> {
  await killUntilEmpty(join(censusRoot, "kubepods"));
}

/** Kills all of the node's processes. */
export async function killNodeProcesses(): Promise<void> {
  await killUntilEmpty(censusRoot);
}

async function killUntilEmpty(root: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const pids = await processesBelow(root);
    if (pids.length === 0) return;
    if (Date.now() > deadline) throw new Error(`processes ${pids.join(", ")} of the node can't be killed`);
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has exited in the meantime.
      }
    }
    await sleep(50);
  }
}

/** Removes the cgroups of the node, which must be empty by now. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    for (const folder of (await subtree(join(hierarchy, clusterName))).reverse()) {
      await rmdirSoon(folder);
    }
  }
}

/** A cgroup stays busy for a moment after its last process has exited. */
async function rmdirSoon(folder: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      if (attempt === 40) throw error;
      await sleep(50);
    }
  }
}

/** The folder and all below it, parents first; nothing if it doesn't exist. */
async function subtree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const below = await Promise.all(entries.filter((e) => e.isDirectory()).map((e) => subtree(join(folder, e.name))));
  return [folder, ...below.flat()];
}
