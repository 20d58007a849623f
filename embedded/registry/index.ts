import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listImages, pushImage, removeImages } from "../cluster/programs/containerd";
import { loopbackAddress } from "../cluster";
import { makeScratchFolder } from "../images";
import { ensureModule } from "../toolchain";
import { relabel } from "./relabel";
import { Server, type ServerOptions } from "./server";
import { TokenServer } from "./token-server";

export interface RegistryOptions {
  /**
   * Who may pull: everybody, {@link TestRegistry.login} by Basic, or by a token, which everybody gets for what is below `public/`.
   * @default "none"
   */
  readonly auth?: "none" | "basic" | "token";
}

/**
 * A real registry on a free port of loopback, on the host's as well as on the node's, so that a reference means the same to the
 * command line and to the node: two processes with the same images. Tests alone use it, and the first of them builds it.
 */
export class TestRegistry {
  /** The only login. */
  static readonly login = { username: "octocat", password: "a-password" };

  private constructor(
    /** As in references: `127.0.0.1:12345`. */
    readonly host: string,
    private readonly folder: string,
    /** Where this pushes to, without a login. */
    private readonly inlet: string,
    private readonly servers: readonly { stop(): Promise<void> }[],
  ) {}

  /** Needs the node. */
  static async start({ auth = "none" }: RegistryOptions = {}): Promise<TestRegistry> {
    const program = join(await ensureModule("registry", () => undefined), "registry");
    const folder = await makeScratchFolder();
    const servers: { stop(): Promise<void> }[] = [];
    const serve = async (options: Omit<ServerOptions, "program" | "folder">): Promise<Server> => {
      const server = await Server.start({ program, folder, ...options });
      servers.push(server);
      return server;
    };
    try {
      const inlet = await serve({ name: "inlet", network: "host" });
      const section = await authSection(auth, folder, servers);
      const { port } = section === undefined ? inlet : await serve({ name: "host", network: "host", auth: section });
      await serve({ name: "node", network: "node", port, auth: section });
      const at = (number: number) => `${loopbackAddress}:${number}`;
      return new TestRegistry(at(port), folder, at(inlet.port), servers);
    } catch (error) {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  /**
   * Pushes an image that the node has, with the tag as a label, so that each tag has a digest of its own, as each commit's image has.
   *
   * @param name `myorg/api`
   * @returns the digest
   */
  async push(image: string, name: string, tag: string): Promise<string> {
    // By another tag: this one appears with its final digest.
    await pushImage(image, `${this.inlet}/${name}:unlabelled`);
    return relabel(`http://${this.inlet}/v2/${name}`, "unlabelled", tag);
  }

  /** Also removes what the node has pulled from it. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    const pulled = [...(await listImages())].filter((reference) => reference.startsWith(`${this.host}/`));
    await removeImages(pulled);
    await rm(this.folder, { recursive: true });
  }
}

/** The configuration's section. Starts a token server if it names one. */
async function authSection(
  auth: "none" | "basic" | "token",
  folder: string,
  servers: { stop(): Promise<void> }[],
): Promise<object | undefined> {
  if (auth === "token") {
    const tokens = await TokenServer.start(TestRegistry.login, folder);
    servers.push(tokens);
    return tokens.authSection;
  }
  if (auth === "basic") {
    const path = join(folder, "htpasswd");
    await writeFile(path, `${TestRegistry.login.username}:${passwordHash}\n`);
    return { htpasswd: { realm: "registry", path } };
  }
  return undefined;
}

/** The login's password by bcrypt, which Node.js doesn't have. */
const passwordHash = "$2b$04$qJDcbs1.O9vn8/oQrVaJbOkInMBes3JwjlOWr/8waQO711754XPGe";
