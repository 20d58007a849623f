import { glob, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa, type ResultPromise } from "execa";
import { systemPath } from "../cluster/host/command";
import {
  buildahArguments,
  copyProductImages,
  describeRegistryAccess,
  makeScratchFolder,
  type ProductImageName,
} from "../images";
import { podmanCompose } from "./install-podman-compose";
import { createNamespaces, type Namespaces, runDir } from "./namespaces";

const minute = 60_000;

/**
 * An isolated podman, with storage, configuration, network and processes separate from the user's and the node's. {@link remove}
 * deletes all of it. It pulls no images, and its containers can't reach anything outside.
 */
export class Podman {
  /** A folder that `remove` deletes. */
  readonly scratch: string;
  readonly #storage: string;
  readonly #namespaces: Namespaces;
  readonly #forwarders: ResultPromise[] = [];

  private constructor(scratch: string, namespaces: Namespaces) {
    this.scratch = scratch;
    this.#storage = join(scratch, "storage");
    this.#namespaces = namespaces;
  }

  static async start(): Promise<Podman> {
    const podman = new Podman(await makeScratchFolder(), await createNamespaces());
    await podman.#configure();
    return podman;
  }

  /** Copies images of the reference product and its base images into its storage. Resolves to their references. */
  async take<Name extends ProductImageName>(
    names: readonly Name[],
    report: (message: string) => void,
  ): Promise<Record<Name, string>> {
    // From inside, so that the mounts of the storage go with the namespaces.
    const copy = async (reference: string) => {
      const destination = `containers-storage:[overlay@${this.#storage}+${runDir}/storage]${reference}`;
      await this.#execute(
        this.#namespaces.enter(["buildah", ...buildahArguments("push", "--quiet", reference, destination)]),
      );
    };
    return copyProductImages(names, copy, report);
  }

  /** Runs podman and resolves to what it wrote to standard output. */
  async podman(...args: readonly string[]): Promise<string> {
    return (await this.#execute(this.#namespaces.enter(["podman", ...args]))).stdout;
  }

  /** A container's standard output and standard error. */
  async logs(container: string): Promise<string> {
    return (await this.#execute(this.#namespaces.enter(["podman", "logs", container]))).all;
  }

  /** Runs podman-compose and resolves to its standard output. */
  async compose(options: ComposeOptions, ...args: readonly string[]): Promise<string> {
    const command = await podmanCompose(...fileAndProject(options), ...args);
    return (await this.#execute(this.#namespaces.enter(command), options.variables)).stdout;
  }

  /** Builds the compose file's images, with this machine's access to package registries. */
  async build(options: ComposeOptions): Promise<void> {
    const access = await describeRegistryAccess(join(this.scratch, "registries"));
    const own = ["--isolation=chroot", "--network=host", "--pull=never", ...access.mounts];
    const command = await podmanCompose(
      ...fileAndProject(options),
      ...own.map((arg) => `--podman-build-args=${arg}`),
      "build",
    );
    await this.#execute(this.#namespaces.enter(command, { network: "host" }), options.variables, 5 * minute);
  }

  /** Forwards a Unix socket outside to a port on the loopback interface inside. Returns the socket's path. */
  forward(port: number): string {
    const socket = join(this.scratch, `${port}.sock`);
    const [file, ...args] = this.#namespaces.enter(["socat", `UNIX-LISTEN:${socket},fork`, `TCP4:127.0.0.1:${port}`]);
    this.#forwarders.push(execa(file!, args, { reject: false }));
    return socket;
  }

  async remove(): Promise<void> {
    // podman first: it removes the cgroups, which outlast the processes.
    await this.podman("rm", "--all", "--force", "--time=0").catch(() => undefined);
    await this.#namespaces.end();
    await removeEmptyCgroups();
    await Promise.all(this.#forwarders);
    await rm(this.scratch, { recursive: true, force: true });
  }

  async #configure(): Promise<void> {
    await writeFile(
      join(this.scratch, "containers.conf"),
      `[containers]
# Where root may not raise limits, podman's own defaults can't be had.
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${runDir}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "${join(this.scratch, "networks")}"
`,
    );
    await writeFile(
      join(this.scratch, "storage.conf"),
      `[storage]
driver = "overlay"
graphroot = "${this.#storage}"
runroot = "${runDir}/storage"
`,
    );
    // No registry: a missing image is an error.
    await writeFile(join(this.scratch, "registries.conf"), "unqualified-search-registries = []\n");
  }

  async #execute([file, ...args]: string[], variables: Readonly<Record<string, string>> = {}, timeout = 2 * minute) {
    return execa(file!, args, {
      timeout,
      all: true,
      // Without the user's environment, which might have variables that the compose files read.
      extendEnv: false,
      env: {
        PATH: systemPath,
        HOME: this.scratch,
        CONTAINERS_CONF: join(this.scratch, "containers.conf"),
        CONTAINERS_STORAGE_CONF: join(this.scratch, "storage.conf"),
        CONTAINERS_REGISTRIES_CONF: join(this.scratch, "registries.conf"),
        ...variables,
      },
    });
  }
}

/** Removes podman's leftover cgroups. The kernel refuses to remove one with processes. */
async function removeEmptyCgroups(): Promise<void> {
  for await (const parent of glob("/sys/fs/cgroup/{,*/}libpod_parent")) {
    for await (const child of glob(join(parent, "*/"))) await rmdir(child).catch(() => undefined);
    await rmdir(parent).catch(() => undefined);
  }
}

export interface ComposeOptions {
  readonly file: string;
  readonly project: string;
  readonly variables: Readonly<Record<string, string>>;
}

const fileAndProject = ({ file, project }: ComposeOptions) => [`--file=${file}`, `--project-name=${project}`];
