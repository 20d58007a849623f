import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inNamespace } from "./options";

/** Immutable and auto-named, so that a change makes a new one and its pods roll. */
export function secret(
  name: string,
  namespace: k8s.core.v1.Namespace,
  stringData: pulumi.Input<Record<string, pulumi.Input<string>>>,
  parent: pulumi.Resource,
): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    name,
    { metadata: { namespace: namespace.metadata.name }, immutable: true, stringData },
    inNamespace(parent, namespace),
  );
}
