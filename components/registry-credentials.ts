import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../contract";
import { inNamespace } from "./pod";

export interface RegistryCredentialsArgs {
  readonly registry: NonNullable<Settings["registry"]>;
  readonly namespace: k8s.core.v1.Namespace;
}

/** The Secret with kubelet's credentials for pulling the images. */
export class RegistryCredentials extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RegistryCredentialsArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:RegistryCredentials", name, {}, options);

    const secret = new k8s.core.v1.Secret(
      name,
      {
        metadata: { namespace: args.namespace.metadata.name },
        immutable: true,
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": pulumi.secret(dockerConfig(args.registry)) },
      },
      inNamespace(this, args.namespace),
    );
    this.secretName = secret.metadata.name;

    this.registerOutputs({});
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/ */
export function dockerConfig({ server, username, password }: RegistryCredentialsArgs["registry"]): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [server]: { username, password, auth } } });
}
