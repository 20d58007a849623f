import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { systemPath } from "../cluster/host/command";

/**
 * An empty folder, private to each set of namespaces. netavark always keeps its state of running containers here, regardless of
 * podman's settings, and it must not mix with the user's.
 */
export const runDir = "/run/containers";

/** Mount, process and network namespaces, for programs that must leave nothing behind. */
export interface Namespaces {
  /** The command line that runs a command in them; with `network: "host"`, in the host's network. */
  enter(command: readonly string[], options?: { network?: "host" }): string[];
  /** Kills all processes in them. Mounts, interfaces and firewall rules go with the last one. */
  end(): Promise<void>;
}

/**
 * Creates namespaces that last until {@link Namespaces.end}, or until this process exits in any way. Their network has only a
 * loopback interface.
 */
export async function createNamespaces(): Promise<Namespaces> {
  // The init process: when it exits, the kernel kills all others. It reads from a pipe that closes when this process exits.
  // Bash, because it also reaps orphans.
  const first = `mkdir -p ${runDir} && mount -t tmpfs tmpfs ${runDir} && ip link set lo up && echo ready && read -r`;
  const isolate = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];
  const holder = execa("unshare", [...isolate, "bash", "-c", first], {
    stdin: "pipe",
    env: { PATH: systemPath },
    stdout: "pipe",
    reject: false,
  });
  const ended = await Promise.race([once(holder.stdout, "data").then(() => undefined), holder]);
  if (ended !== undefined) throw new Error(`no namespaces: ${ended.stderr}`);
  const child = (await readFile(`/proc/${holder.pid!}/task/${holder.pid!}/children`, "utf8")).trim();
  return {
    enter: (command, { network } = {}) => [
      ...["nsenter", `--target=${child}`, "--mount", "--pid", ...(network === "host" ? [] : ["--net"]), "--"],
      ...command,
    ],
    end: async () => {
      holder.stdin.end();
      await holder;
    },
  };
}
