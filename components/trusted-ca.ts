import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { trustedCaFile } from "../contract";
import { basename } from "node:path/posix";
import { inNamespace } from "./workload";

export interface TrustedCaArgs {
  /** Certificates in PEM form. */
  readonly certificates: string;
  readonly namespace: k8s.core.v1.Namespace;
}

/** The certificates that API and web trust: restricted pods can't mount those of their node. */
export class TrustedCa extends pulumi.ComponentResource {
  readonly configMapName: pulumi.Output<string>;

  constructor(name: string, args: TrustedCaArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:TrustedCa", name, {}, options);

    const configMap = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { namespace: args.namespace.metadata.name },
        immutable: true,
        data: { [basename(trustedCaFile)]: args.certificates },
      },
      inNamespace(this, args.namespace),
    );
    this.configMapName = configMap.metadata.name;

    this.registerOutputs({});
  }
}
