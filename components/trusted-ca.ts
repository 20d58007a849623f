import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { basename } from "node:path/posix";
import { rootCertificates } from "node:tls";
import { type Settings, trustedCaFile } from "../contract";
import { inNamespace } from "./pod";

export interface TrustedCaArgs {
  readonly settings: Settings;
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
        data: { [basename(trustedCaFile)]: certificates(args.settings) },
      },
      inNamespace(this, args.namespace),
    );
    this.configMapName = configMap.metadata.name;

    this.registerOutputs({});
  }
}

/** As PEM. The public ones are about 220 kB, and a ConfigMap holds 1 MiB. */
const certificates = ({ trustedCa, trustPublicCas }: Settings): string =>
  trustPublicCas ? [trustedCa.trimEnd(), ...rootCertificates, ""].join("\n").trimStart() : trustedCa;
