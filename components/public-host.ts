import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { limits, type ListeningPart, type Settings } from "../contract";
import { inNamespace } from "./pod";

export interface PublicHostArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
}

/** What a cluster must have for the route to be served: looked for before anything is made. */
export interface RoutePrerequisite {
  /** As `kubectl get` takes it. */
  readonly object: string;
  readonly kind: string;
  /** What is wrong where it isn't there, with the setting first. */
  readonly problem: string;
}

export const routePrerequisite = ({ ingress: { className } }: Settings): RoutePrerequisite => ({
  object: `ingressclass/${className}`,
  kind: "IngressClass",
  problem: `ingress.className: the cluster has no such IngressClass; got ${JSON.stringify(className)}`,
});

/**
 * The routes from the public host to the web and, where settings ask for it, straight to Django. TLS ends at the controller with
 * its default certificate, which is the wildcard of the domain: no Secret is copied into previews. Another kind of route takes
 * this file, its settings in contract/settings/schema.ts, and what a deployer may make in docs/deployer-rights.yaml.
 */
export class PublicHost extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: PublicHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PublicHost", name, {}, options);
    const { ingress, parts } = settings;
    const { className, annotations } = ingress;
    const rules = ingressRules(settings);
    const timeout = `${limits.routeSeconds}s`;

    new k8s.networking.v1.Ingress(
      name,
      {
        metadata: { name: parts.web.name, namespace: namespace.metadata.name, annotations: { ...annotations } },
        spec: {
          ingressClassName: className,
          tls: [{ hosts: rules.map(({ host }) => host) }],
          rules,
        },
      },
      { ...inNamespace(this, namespace), customTimeouts: { create: timeout, update: timeout } },
    );

    this.registerOutputs({});
  }
}

/** Which host and path leads where. A longer path wins, in whatever order they stand. */
export function ingressRules({ ingress, names, parts }: Settings) {
  const { api, web } = parts;
  const publicHost = [route("/", web), ...ingress.apiPaths.map((path) => route(path, api))];
  return [rule(names.host, publicHost), ...(ingress.apiHost ? [rule(names.apiHost, [route("/", api)])] : [])];
}

const rule = (host: string, paths: ReturnType<typeof route>[]) => ({ host, http: { paths } });

const route = (path: string, { name, port }: ListeningPart) => ({
  path,
  pathType: "Prefix",
  backend: { service: { name, port: { number: port } } },
});
