import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { systemPath } from "../cluster/host/command";

/**
 * An empty folder in each set of namespaces, which nobody else sees. netavark keeps what it knows of running containers
 * here, whatever podman's settings are: it must not meet the user's.
 */
export const runDir = "/run/containers";

/** Namespaces of mounts, processes and network, for programs that are to leave nothing behind. */
export interface Namespaces {
  /** The command line that runs a command in them; `network: "host"` leaves out the network. */
  enter(command: readonly string[], options?: { network?: "host" }): string[];
  /** Ends every process in them, and with the last one go mounts, interfaces and firewall rules. */
  end(): Promise<void>;
}

/**
 * Makes namespaces that last until {@link Namespaces.end}, or until this process ends, however it does. Their network
 * has a loopback interface and no way out.
 */
export async function createNamespaces(): Promise<Namespaces> {
  // The first process: when it ends, the kernel ends all others. It reads from a pipe of ours, which closes with us.
  // Bash, because it also reaps what others leave.
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
