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

/** The certificates that API and web trust. Restricted pods can't mount those of their node. */
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

/** PEM. The public CAs take about 220 kB of the 1 MiB that a ConfigMap holds. */
const certificates = ({ trustedCa, trustPublicCas }: Settings): string =>
  trustPublicCas ? [trustedCa.trimEnd(), ...rootCertificates, ""].join("\n").trimStart() : trustedCa;
