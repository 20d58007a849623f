import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { createHash } from "node:crypto";
import type { GeneratedSecrets, RandomValue, Settings } from "../contract";

/**
 * A preview's random values. They live as long as the stack: an existing volume keeps the database password that it was
 * initialized with (docker-library/postgres#125).
 */
export class PreviewSecrets extends pulumi.ComponentResource {
  readonly values: pulumi.Output<GeneratedSecrets>;

  constructor(name: string, { demoLogin, randomValues }: Settings, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PreviewSecrets", name, {}, options);

    this.values = pulumi.secret(
      pulumi.output({
        databasePassword: this.password(`${name}-database-password`, 32),
        djangoSecretKey: this.password(`${name}-django-secret-key`, 64),
        nextAuthSecret: this.password(`${name}-nextauth-secret`, 48),
        ...(demoLogin && { demoPassword: this.password(`${name}-demo-password`, 20) }),
        ...Object.assign({}, ...randomValues.map((value) => this.random(name, value))),
      } as Record<string, pulumi.Output<string>>),
    );

    this.registerOutputs({});
  }

  /**
   * Bytes are the hash of a password of their own: a RandomBytes has its value in clear in the state, as its id
   * (pulumi/pulumi-random, https://www.pulumi.com/registry/packages/random/api-docs/randombytes/).
   */
  private random(preview: string, { name, kind }: RandomValue): Record<string, pulumi.Output<string>> {
    if (kind === "text") {
      return { [`random.${name}`]: this.password(`${preview}-random-${name}`, 32) };
    }
    const seed = this.password(`${preview}-random-${name}-bytes`, 64);
    const encoded = (encoding: "base64" | "base64url") =>
      seed.apply((text) => withPadding(createHash("sha256").update(text).digest(encoding)));
    return { [`random.${name}.base64`]: encoded("base64"), [`random.${name}.base64url`]: encoded("base64url") };
  }

  /** Letters and digits only, which need no escaping in a URL, a shell or an .env file. */
  private password(name: string, length: number): pulumi.Output<string> {
    return new random.RandomPassword(name, { length, special: false }, { parent: this }).result;
  }
}

/** Node leaves the padding of base64url out, which Fernet wants: 32 bytes are 44 characters. */
const withPadding = (text: string) => text.padEnd(44, "=");
