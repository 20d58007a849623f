import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { GeneratedSecrets, Settings } from "../contract";

/**
 * The random values that are a preview's own. They live as long as the stack: a new database password would not fit
 * the data that an old volume holds (docker-library/postgres#125).
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

  /** Letters and digits only: nothing that a URL, a shell or an .env file reads as its own. */
  private password(name: string, length: number): pulumi.Output<string> {
    return new random.RandomPassword(name, { length, special: false }, { parent: this }).result;
  }
}
