import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type GeneratedSecrets, webEnvironment, webSecrets } from "../contract";
import { httpServer } from "./http-server";
import { type ProductArgs, secret, type Transform } from "./pod";

export interface NextWebArgs extends ProductArgs {
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  readonly transform?: Transform<k8s.apps.v1.DeploymentArgs>;
}

/** The Next.js web, the only part of a preview that the ingress reaches. */
export class NextWeb extends pulumi.ComponentResource {
  constructor(name: string, args: NextWebArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:NextWeb", name, {}, options);
    const { settings, namespace, secrets } = args;

    const data = secrets.apply((generated) => webSecrets(settings, generated));
    const secretName = secret(`${name}-secrets`, namespace, data, this).metadata.name;
    httpServer(
      name,
      {
        ...args,
        part: settings.parts.web,
        server: settings.web,
        environment: webEnvironment(settings),
        secretName,
        needs: [],
        probeHost: settings.names.host,
      },
      this,
    );

    this.registerOutputs({});
  }
}
