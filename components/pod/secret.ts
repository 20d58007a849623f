import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { inNamespace } from "./options";

/** An immutable, auto-named Secret: a change creates a new one, and its pods roll. */
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
