import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { addressOf, apiEnvironment, apiSecrets, type GeneratedSecrets } from "../contract";
import { httpServer } from "./http-server";
import { Migration } from "./migration";
import type { Postgres } from "./postgres";
import { type ProductArgs, secret, type Transform } from "./pod";

export interface DjangoApiArgs extends ProductArgs {
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  readonly database: Postgres;
  readonly transform?: Transform<k8s.apps.v1.DeploymentArgs>;
  readonly transformMigration?: Transform<k8s.batch.v1.JobArgs>;
}

/** The Django API, at `http://api:8000` inside the preview. It changes only after its migration has succeeded. */
export class DjangoApi extends pulumi.ComponentResource {
  constructor(name: string, args: DjangoApiArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:DjangoApi", name, {}, options);
    const { settings, namespace, secrets } = args;

    const data = secrets.apply((generated) => apiSecrets(settings, generated));
    const secretName = secret(`${name}-secrets`, namespace, data, this).metadata.name;
    const { job } = new Migration(
      `${name}-migration`,
      { ...args, database: args.database.statefulSet, secretName, transform: args.transformMigration },
      { parent: this, dependsOn: args.database },
    );
    httpServer(
      name,
      {
        ...args,
        part: settings.parts.api,
        server: settings.api,
        environment: apiEnvironment(settings),
        secretName,
        needs: [addressOf(settings.parts.db)],
        probeHost: settings.parts.api.name,
      },
      this,
      { dependsOn: job },
    );

    this.registerOutputs({});
  }
}
