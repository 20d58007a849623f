import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loopbackAddress } from "../cluster";
import { networkNamespace } from "../cluster/layout";

export interface ServerOptions {
  /** The toolchain's program. */
  readonly program: string;
  /** For its configuration; the images are below it, in `storage`. */
  readonly folder: string;
  /** Names the configuration's file. */
  readonly name: string;
  /** Whose loopback it listens on. */
  readonly network: "host" | "node";
  /** @default one that is free */
  readonly port?: number;
  /** The configuration's section of that name. @default none: everybody may push and pull */
  readonly auth?: object;
}

/** One process that serves the folder's images. Several may serve the same. */
export class Server {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  /** @throws Error with its last words if it doesn't start */
  static async start({ program, folder, name, network, port = 0, auth }: ServerOptions): Promise<Server> {
    const file = join(folder, `${name}.json`);
    const storage = { filesystem: { rootdirectory: join(folder, "storage") } };
    // JSON is YAML. The secret is the same for all processes.
    const config = { version: 0.1, storage, http: { addr: `${loopbackAddress}:${port}`, secret: "a test's" }, auth };
    await writeFile(file, JSON.stringify(config));
    const enter = network === "node" ? ["nsenter", `--net=${networkNamespace}`] : [];
    const [command = "", ...args] = [...enter, program, file];
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString()));
    const ended = once(child, "exit").then(() => {
      throw new Error(`the registry has exited: ${said.trim()}`);
    });
    ended.catch(() => undefined);
    const [address] = (await Promise.race([once(createInterface(child.stdout), "line"), ended])) as [string];
    return new Server(Number(address.split(":")[1]), child);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.stdin!.end();
      await once(this.process, "exit");
    }
  }
}
