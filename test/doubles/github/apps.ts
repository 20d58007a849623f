import { generateKeyPairSync, verify } from "node:crypto";

/** An installation of the App: an owner's repositories that it may use. */
export interface StandInInstallation {
  readonly id: number;
  /** `owner/name` */
  repositories: string[];
  /** Named as by GitHub, such as `pull_requests: "write"`, which includes read. */
  permissions: Record<string, "read" | "write">;
  isSuspended: boolean;
}

/** A GitHub App. */
export class StandInApp {
  readonly slug = "previews";
  readonly installations: StandInInstallation[] = [];
  /** How long its tokens are valid, in milliseconds. GitHub's are valid for an hour. */
  tokenLifetime = 3600_000;

  constructor(readonly id: number) {}

  /** A command's environment variables. */
  get env(): { PREVIEW_APP_ID: string; PREVIEW_APP_PRIVATE_KEY: string } {
    return { PREVIEW_APP_ID: String(this.id), PREVIEW_APP_PRIVATE_KEY: keys().privateKey };
  }

  install(
    repositories: string[],
    permissions: StandInInstallation["permissions"] = { contents: "read", pull_requests: "write" },
  ): StandInInstallation {
    const installation = { id: 7001 + this.installations.length, repositories, permissions, isSuspended: false };
    this.installations.push(installation);
    return installation;
  }

  /**
   * Undefined for a JSON web token that it has signed, as GitHub wants it; or else GitHub's objection.
   *
   * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
   */
  objectionTo(token: string, now: Date): string | undefined {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const seconds = now.getTime() / 1000;
    try {
      const isSigned = verify(
        "sha256",
        Buffer.from(`${header}.${payload}`),
        keys().publicKey,
        Buffer.from(signature, "base64url"),
      );
      const { alg } = decoded(header);
      const { iss, iat, exp } = decoded(payload);
      if (alg !== "RS256" || !isSigned || String(iss) !== String(this.id)) {
        return "A JSON web token could not be decoded";
      }
      if (Number(iat) > seconds) {
        return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
      }
      if (Number(exp) <= seconds) {
        return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
      }
      return Number(exp) > seconds + 600 ? "'Expiration time' claim ('exp') is too far in the future" : undefined;
    } catch {
      return "A JSON web token could not be decoded";
    }
  }
}

const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;

let made: ReturnType<typeof keyPair> | undefined;

/** Every stand-in's, made only when a test has an App, since that takes a while. */
const keys = () => (made ??= keyPair());

/** As GitHub's: RSA, the private key in PKCS#1. */
const keyPair = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
