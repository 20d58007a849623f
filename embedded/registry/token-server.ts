import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { loopbackAddress } from "../cluster";

const service = "registry.test";
const issuer = "tokens.test";
const keyId = "key";

export interface TokenLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * Grants tokens as ghcr.io does (https://distribution.github.io/distribution/spec/auth/jwt/): to the login for any repository, to
 * everybody for those below `public/`. It listens on the host, so the node gets none.
 */
export class TokenServer {
  private constructor(
    private readonly server: Server,
    private readonly jwks: string,
  ) {}

  /** @param folder for its public key */
  static async start(login: TokenLogin, folder: string): Promise<TokenServer> {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const jwks = join(folder, "jwks.json");
    const key = { ...publicKey.export({ format: "jwk" }), kid: keyId, alg: "EdDSA", use: "sig" };
    await writeFile(jwks, JSON.stringify({ keys: [key] }));
    const token = (claims: object) => {
      const [head, body] = [{ alg: "EdDSA", typ: "JWT", kid: keyId }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      return `${head}.${body}.${sign(null, Buffer.from(`${head}.${body}`), privateKey).toString("base64url")}`;
    };
    const authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    const server = createServer(({ url = "", headers }, response) => {
      const scope = new URL(url, "http://localhost").searchParams.get("scope") ?? "";
      const [type, name = "", actions = ""] = scope.split(":");
      if (
        headers.authorization !== authorization &&
        (headers.authorization !== undefined || !name.startsWith("public/"))
      ) {
        response.writeHead(401).end();
        return;
      }
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, nbf: now - 10, exp: now + 300 };
      const access = [{ type, name, actions: actions.split(",") }];
      const claims = { iss: issuer, sub: login.username, aud: service, ...times, jti: randomUUID(), access };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token: token(claims) }));
    });
    await once(server.listen(0, loopbackAddress), "listening");
    return new TokenServer(server, jwks);
  }

  /** What sends a registry's clients here. */
  get authSection(): object {
    const { port } = this.server.address() as AddressInfo;
    return { token: { realm: `http://${loopbackAddress}:${port}/token`, service, issuer, jwks: this.jwks } };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
