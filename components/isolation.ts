import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type ListeningPart, nameLabel, ofProduct, type Settings, sortedNames } from "../contract";
import { inNamespace } from "./pod";

type Rule = Pick<types.input.networking.v1.NetworkPolicySpec, "ingress" | "egress">;
type Peer = types.input.networking.v1.NetworkPolicyPeer;

export interface IsolationArgs {
  readonly settings: Settings;
  readonly namespace: k8s.core.v1.Namespace;
}

/**
 * Denies all traffic except for the connections that the preview needs. Migration pods have their own name label, so that each
 * policy can tell them from the API's.
 */
export class Isolation extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespace }: IsolationArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:Isolation", name, {}, options);

    for (const [policy, { pods, rule }] of Object.entries(networkRules(settings))) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${policy}`,
        {
          metadata: { name: policy, namespace: namespace.metadata.name },
          spec: {
            podSelector: selector(pods),
            policyTypes: rule === deny ? ["Ingress", "Egress"] : Object.keys(rule).map(policyType),
            ...rule,
          },
        },
        inNamespace(this, namespace),
      );
    }

    this.registerOutputs({});
  }
}

const deny: Rule = {};
const policyType = (direction: string) => (direction === "ingress" ? "Ingress" : "Egress");

/** The policies by name, each with the pods that it selects (none means all) and what it allows. */
export function networkRules(settings: Settings): Record<string, { pods: string[]; rule: Rule }> {
  const { api, web, db, migration } = settings.parts;
  const extra = settings.egress.map(({ cidr, namespaceLabels, ports }) => ({
    to: [cidr === undefined ? inNamespaces(namespaceLabels ?? {}) : { ipBlock: block(cidr) }],
    ...(ports === undefined ? {} : { ports: ports.map(tcp) }),
  }));
  const { cidr, namespaceLabels } = settings.ingress.controller;
  const controller = cidr === undefined ? inNamespaces(namespaceLabels ?? {}) : { ipBlock: { cidr } };
  const controllerToApi = settings.ingress.apiHost || settings.ingress.apiPaths.length > 0;
  return {
    "default-deny": { pods: [], rule: deny },
    dns: {
      pods: [],
      rule: {
        egress: [
          {
            to: [inNamespaces({ "kubernetes.io/metadata.name": "kube-system" })],
            ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
          },
        ],
      },
    },
    "controller-to-web": {
      pods: [web.name],
      rule: { ingress: [{ from: [controller], ports: [portOf(web)] }] },
    },
    ...(controllerToApi && {
      "controller-to-api": {
        pods: [api.name],
        rule: { ingress: [{ from: [controller], ports: [portOf(api)] }] },
      },
    }),
    "web-to-api": {
      pods: [web.name],
      rule: { egress: [{ to: [podsNamed(api.name)], ports: [portOf(api)] }] },
    },
    "api-from-web": {
      pods: [api.name],
      rule: { ingress: [{ from: [podsNamed(web.name)], ports: [portOf(api)] }] },
    },
    "api-to-database": {
      pods: [api.name, migration.name],
      rule: { egress: [{ to: [podsNamed(db.name)], ports: [portOf(db)] }] },
    },
    "database-from-api": {
      pods: [db.name],
      rule: { ingress: [{ from: [podsNamed(api.name, migration.name)], ports: [portOf(db)] }] },
    },
    ...(extra.length === 0
      ? {}
      : { "extra-egress": { pods: sortedNames(ofProduct(Object.values(settings.parts))), rule: { egress: extra } } }),
  };
}

/** "Everywhere" excludes the cloud's metadata service, which hands out the node's credentials. */
const block = (cidr: string) => (cidr === "0.0.0.0/0" ? { cidr, except: ["169.254.0.0/16"] } : { cidr });
const tcp = (port: number) => ({ protocol: "TCP", port });
const portOf = ({ targetPort }: ListeningPart) => tcp(targetPort);
const inNamespaces = (matchLabels: Record<string, string>): Peer => ({ namespaceSelector: { matchLabels } });
const podsNamed = (...names: string[]): Peer => ({ podSelector: selector(names) });

function selector(names: string[]): types.input.meta.v1.LabelSelector {
  return names.length === 0 ? {} : { matchExpressions: [{ key: nameLabel, operator: "In", values: names }] };
}
