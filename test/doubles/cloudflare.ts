import { type ResultPromise, execa } from "execa";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudflareProgram } from "../../embedded";

/** A stand-in for Cloudflare's API with its own zones, which a test may break. */
export class CloudflareStandIn {
  /** Variables for clients of the API and for the Pulumi plugin. */
  readonly env: Record<string, string>;

  private constructor(
    private readonly server: ResultPromise,
    /** The folder of the zones' files. */
    readonly folder: string,
    url: string,
    token: string,
  ) {
    this.env = { CLOUDFLARE_BASE_URL: url, CLOUDFLARE_API_TOKEN: token, LOCAL_DNS_DIR: folder };
  }

  static async start(): Promise<CloudflareStandIn> {
    const folder = mkdtempSync(join(tmpdir(), "preview-stack-dns-"));
    const token = "a-token-of-the-test";
    const env = { LOCAL_DNS_DIR: folder, CLOUDFLARE_API_TOKEN: token };
    const server = execa(cloudflareProgram(), ["serve-api", "127.0.0.1:0"], { env, reject: false });
    const [said] = (await Promise.race([once(server.stdout, "data"), server.then(() => [])])) as [Buffer?];
    const url = /http:\S+/.exec(String(said))?.[0];
    if (url === undefined) {
      throw new Error(`the stand-in didn't start: ${(await server).stderr}`);
    }
    return new CloudflareStandIn(server, folder, url, token);
  }

  async stop(): Promise<void> {
    this.server.kill();
    await this.server;
    rmSync(this.folder, { recursive: true });
  }
}
