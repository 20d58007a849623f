import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { inNamespace } from "./pod";

export interface PartAccountArgs {
  /** The part's name. */
  readonly part: string;
  /** What it may do in the namespace. */
  readonly clusterRole: string;
  readonly namespace: k8s.core.v1.Namespace;
}

/** The ServiceAccount of a part that uses the Kubernetes API, with the rights of one ClusterRole in the namespace. */
export class PartAccount extends pulumi.ComponentResource {
  readonly accountName: pulumi.Output<string>;

  constructor(name: string, args: PartAccountArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PartAccount", name, {}, options);
    const inside = inNamespace(this, args.namespace);
    // Never `default`, nor the deployer's: a service may be called so.
    const metadata = { name: `part-${args.part}`, namespace: args.namespace.metadata.name };

    const account = new k8s.core.v1.ServiceAccount(name, { metadata }, inside);
    this.accountName = account.metadata.name;
    new k8s.rbac.v1.RoleBinding(
      `${name}-rights`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: args.clusterRole },
        subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: metadata.namespace }],
      },
      { ...inside, dependsOn: account },
    );

    this.registerOutputs({});
  }
}
