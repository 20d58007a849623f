import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { GeneratedSecrets, Settings } from "../contract";

/**
 * A preview's random values. They live as long as the stack: an existing volume keeps the database password that it was
 * initialized with (docker-library/postgres#125).
 */
export class PreviewSecrets extends pulumi.ComponentResource {
  readonly values: pulumi.Output<GeneratedSecrets>;

  constructor(name: string, { demoLogin }: Settings, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PreviewSecrets", name, {}, options);

    this.values = pulumi.secret(
      pulumi.output({
        databasePassword: this.password(`${name}-database-password`, 32),
        djangoSecretKey: this.password(`${name}-django-secret-key`, 64),
        nextAuthSecret: this.password(`${name}-nextauth-secret`, 48),
        ...(demoLogin && { demoPassword: this.password(`${name}-demo-password`, 20) }),
      }),
    );

    this.registerOutputs({});
  }

  /** Letters and digits only, which need no escaping in a URL, a shell or an .env file. */
  private password(name: string, length: number): pulumi.Output<string> {
    return new random.RandomPassword(name, { length, special: false }, { parent: this }).result;
  }
}
