import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { services, type Settings } from "../contract";
import { inNamespace } from "./workload";

export interface PublicHostArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
}

/**
 * The route from the public host to the web. TLS ends at the controller with its default certificate, which is the
 * wildcard of the domain: no Secret is copied into previews. Another kind of route is made here and nowhere else.
 */
export class PublicHost extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: PublicHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PublicHost", name, {}, options);
    const { className, annotations } = settings.ingress;
    const { host } = settings.names;
    const { web } = services;

    new k8s.networking.v1.Ingress(
      name,
      {
        metadata: { name: web.name, namespace: namespace.metadata.name, annotations: { ...annotations } },
        spec: {
          ingressClassName: className,
          tls: [{ hosts: [host] }],
          rules: [
            {
              host,
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: web.name, port: { number: web.port } } },
                  },
                ],
              },
            },
          ],
        },
      },
      { ...inNamespace(this, namespace), customTimeouts: { create: "3m", update: "3m" } },
    );

    this.registerOutputs({});
  }
}
