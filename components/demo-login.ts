import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { demoLoginSecret, type GeneratedSecrets } from "../contract";
import { inNamespace } from "./pod";

export interface DemoLoginArgs {
  readonly username: string;
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  readonly namespace: k8s.core.v1.Namespace;
}

/** The reviewers' login as a Secret: anyone who can read it can log in. */
export class DemoLogin extends pulumi.ComponentResource {
  constructor(name: string, args: DemoLoginArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:DemoLogin", name, {}, options);

    const password = args.secrets.apply(({ demoPassword }) => demoPassword ?? "");
    new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: demoLoginSecret, namespace: args.namespace.metadata.name },
        type: "kubernetes.io/basic-auth",
        stringData: { username: args.username, password },
      },
      inNamespace(this, args.namespace),
    );

    this.registerOutputs({});
  }
}
