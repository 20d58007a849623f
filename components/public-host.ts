import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { limits, type ListeningPart, type Settings, standardParts } from "../contract";
import { inNamespace } from "./pod";

export interface PublicHostArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
}

/** The object that a cluster must have for the route. Checked before anything is created. */
export interface RoutePrerequisite {
  /** As an argument for `kubectl get`. */
  readonly object: string;
  readonly kind: string;
  /** The message if it is missing, starting with the setting. */
  readonly problem: string;
}

export const routePrerequisite = ({ ingress: { className } }: Settings): RoutePrerequisite => ({
  object: `ingressclass/${className}`,
  kind: "IngressClass",
  problem: `ingress.className: the cluster has no IngressClass of this name; got ${JSON.stringify(className)}`,
});

/**
 * Routes the public host to the web and, depending on settings, to Django directly. TLS ends at the controller with its default
 * certificate, the domain's wildcard, so that no preview needs a copy of it. To support another kind of route, change this file,
 * its settings in contract/settings/schema.ts, and the rights in docs/deployer-rights.yaml.
 */
export class PublicHost extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: PublicHostArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:PublicHost", name, {}, options);
    const { ingress, annotations } = settings;
    const { className } = ingress;
    const rules = ingressRules(settings);
    const timeout = `${limits.routeSeconds}s`;

    new k8s.networking.v1.Ingress(
      name,
      {
        metadata: { name: standardParts.web.name, namespace: namespace.metadata.name, annotations: { ...annotations } },
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

/** The routes by host and path. The longest matching path wins, regardless of the order. */
export function ingressRules({ ingress, names, parts }: Settings) {
  const { api, web = api } = parts;
  const publicHost = [route("/", web), ...ingress.apiPaths.map((path) => route(path, api))];
  return [rule(names.host, publicHost), ...(ingress.apiHost ? [rule(names.apiHost, [route("/", api)])] : [])];
}

const rule = (host: string, paths: ReturnType<typeof route>[]) => ({ host, http: { paths } });

const route = (path: string, { name, port }: ListeningPart) => ({
  path,
  pathType: "Prefix",
  backend: { service: { name, port: { number: port } } },
});
