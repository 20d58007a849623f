import { join } from "node:path";
import { UserError } from "../../../contract";
import { run, succeeds } from "../host/command";
import { isAlive, type Daemon } from "./daemon";
import { writeIfChanged } from "../host/files";
import {
  clusterName,
  cniConfigDir,
  cniLeasesDir,
  configDir,
  containerdDir,
  containerdSocket,
  containerdStateDir,
  podCidr,
  runcDir,
} from "../layout";

const configFile = join(configDir, "containerd.toml");
const namespace = "k8s.io";

export async function writeContainerdConfig(sandboxImage: string): Promise<void> {
  await writeIfChanged(
    configFile,
    `version = 2
root = "${containerdDir}"
state = "${containerdStateDir}"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${containerdDir}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  disable_tcp_service = true
  # Without CAP_SYS_RESOURCE, which root lacks on some machines, no score may be set below one's own.
  restrict_oom_score_adj = true
  # A container without root may listen on port 80 or 443 of its own pod.
  enable_unprivileged_ports = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cniConfigDir}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "${runcDir}"
`,
  );
  await writeIfChanged(
    join(cniConfigDir, "10-bridge.conflist"),
    JSON.stringify(
      {
        cniVersion: "1.0.0",
        name: clusterName,
        plugins: [
          {
            type: "bridge",
            bridge: "cni0",
            isGateway: true,
            hairpinMode: true,
            // Pods keep their own addresses on the way out, and nothing outside answers those.
            ipMasq: false,
            ipam: {
              type: "host-local",
              dataDir: cniLeasesDir,
              ranges: [[{ subnet: podCidr }]],
              routes: [{ dst: "0.0.0.0/0" }],
            },
          },
          { type: "portmap", capabilities: { portMappings: true } },
        ],
      },
      undefined,
      2,
    ),
  );
}

export const containerd: Daemon = {
  name: "containerd",
  command: ["containerd", `--config=${configFile}`],
  files: [configFile],
};

async function ctr(args: readonly string[], timeout?: number): Promise<string> {
  // Otherwise ctr would wait ten seconds for containerd.
  if (!isAlive(containerd.name)) throw new UserError("the embedded node isn't running");
  return run("ctr", [`--address=${containerdSocket}`, `--namespace=${namespace}`, ...args], { timeout });
}

export async function isContainerdReady(): Promise<boolean> {
  if (!isAlive(containerd.name)) return false;
  return succeeds("ctr", [`--address=${containerdSocket}`, "version"], { timeout: 5_000 });
}

/** References of the node's images. */
export async function listImages(): Promise<Set<string>> {
  return new Set((await ctr(["images", "list", "--quiet"])).split("\n").filter(Boolean));
}

/**
 * Imports the images of an OCI or Docker archive into the node.
 * @throws Error if the node isn't running, the archive is invalid, or the disk is full
 */
export async function importImage(archive: string): Promise<void> {
  await ctr(["images", "import", archive], 5 * 60_000);
}

/** Pushes an image of the node to a registry on plain http, under the name that it has there. */
export async function pushImage(reference: string, target: string): Promise<void> {
  await ctr(["images", "push", "--plain-http", target, reference], 5 * 60_000);
}

/** Removes images and frees their layers, except for layers that running containers use. */
export async function removeImages(references: readonly string[]): Promise<void> {
  if (references.length === 0) return;
  const all = await imageDigests();
  const removed = new Set(references.map((reference) => all.get(reference)));
  const kept = new Set(
    [...all].filter(([name]) => !isConfigName(name) && !references.includes(name)).map(([, d]) => d),
  );
  // The CRI plugin gives each image a second name, which would keep its layers forever.
  const secondNames = [...all]
    .filter(([name, digest]) => isConfigName(name) && removed.has(digest) && !kept.has(digest))
    .map(([name]) => name);
  await ctr(["images", "remove", ...references, ...secondNames], 60_000);
}

const isConfigName = (name: string): boolean => name.startsWith("sha256:");

/** Digests by image name. */
async function imageDigests(): Promise<Map<string, string>> {
  const rows = (await ctr(["images", "list"])).split("\n").slice(1).filter(Boolean);
  return new Map(
    rows.map((row) => {
      const [name = "", , digest = ""] = row.split(/\s+/);
      return [name, digest];
    }),
  );
}

/** References of the images that the node's containers use. */
export async function imagesInUse(): Promise<Set<string>> {
  const lines = (await ctr(["containers", "list"])).split("\n").slice(1);
  return new Set(lines.map((line) => line.split(/\s+/)[1] ?? ""));
}

/** Deletes all containers with their writable layers. Their processes must have been killed before. */
export async function removeContainers(): Promise<void> {
  const tasks = (await ctr(["tasks", "list", "--quiet"])).split("\n").filter(Boolean);
  if (tasks.length > 0) await ctr(["tasks", "delete", "--force", ...tasks], 30_000);
  const containers = (await ctr(["containers", "list", "--quiet"])).split("\n").filter(Boolean);
  if (containers.length > 0) await ctr(["containers", "delete", ...containers], 30_000);
}
