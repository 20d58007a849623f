import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../contract";
import { clusterName } from "../layout";

const mountPoint = "/sys/fs/cgroup";
/** What the kubelet insists on finding in its cgroup root. */
const kubeletControllers = ["cpu", "cpuset", "memory", "pids"];

const isUnified = existsSync(join(mountPoint, "cgroup.controllers"));

/** The kubelet's cgroup root, as it wants it written: relative to each hierarchy. */
export const cgroupRoot = `/${clusterName}`;

/** The hierarchy in which every process and container of the node can be found. */
const censusRoot = join(isUnified ? mountPoint : join(mountPoint, "pids"), clusterName);

/** Writing a process id here makes it, and all that it starts, a recognisable part of the node. */
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
 * Makes the cgroups that the daemons and the kubelet start in.
 * @throws Error that names the controllers which this machine lacks.
 */
export async function createCgroups(): Promise<void> {
  if (isUnified) {
    const available = (await readFile(join(mountPoint, "cgroup.controllers"), "utf8")).trim().split(" ");
    requireControllers(available);
    await mkdir(join(mountPoint, clusterName), { recursive: true });
    // The kubelet wants those of huge pages too where the kernel has them.
    const wanted = [...kubeletControllers, "hugetlb"].filter((controller) => available.includes(controller));
    const enable = wanted.map((controller) => `+${controller}`).join(" ");
    await writeFile(join(mountPoint, "cgroup.subtree_control"), enable);
    await writeFile(join(mountPoint, clusterName, "cgroup.subtree_control"), enable);
  } else {
    requireControllers(await readdir(mountPoint));
    for (const hierarchy of await hierarchies()) {
      await mkdir(join(hierarchy, clusterName), { recursive: true });
    }
    // A new cpuset is empty, and nothing may run in an empty one.
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

/** Ends what runs in the node's containers, without notice: callers have asked politely before. */
export async function killContainers(): Promise<void> {
  await killUntilEmpty(join(censusRoot, "kubepods"));
}

/** Ends every process that was ever started for the node and still runs. */
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
        // It ended by itself in the meantime.
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

/** The kernel counts a cgroup as busy for a moment after its last process has ended. */
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
