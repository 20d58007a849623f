import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { type ListeningPart, nameLabel, type Settings, standardParts, type Workload } from "../contract";
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

type Policy = { readonly pods: string[]; readonly rule: Rule };

/** The policies by name, each with the pods that it selects (none means all) and what it allows. */
export function networkRules(settings: Settings): Record<string, Policy> {
  const { api, web } = settings.parts;
  const { cidr, namespaceLabels } = settings.ingress.controller;
  const controller = cidr === undefined ? inNamespaces(namespaceLabels ?? {}) : { ipBlock: { cidr } };
  const fromController = (part: ListeningPart): Policy => ({
    pods: [part.name],
    rule: { ingress: [{ from: [controller], ports: [tcp(part.targetPort)] }] },
  });
  const controllerToApi = web === undefined || settings.ingress.apiHost || settings.ingress.apiPaths.length > 0;
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
    ...(web && { "controller-to-web": fromController(web) }),
    ...(controllerToApi && { "controller-to-api": fromController(api) }),
    ...Object.fromEntries(
      Object.values(settings.workloads).flatMap((workload) => Object.entries(pathsFrom(workload, settings))),
    ),
    ...waysOut(settings),
  };
}

/** From one part to the others that it may connect to: on its side, and on theirs. */
function pathsFrom({ part, connectsTo }: Workload, settings: Settings): Record<string, Policy> {
  const pods = podsOf(part.name, settings);
  const policies = connectsTo.flatMap((other): [string, Policy][] => {
    const ports = settings.ports[other]!.map(({ targetPort }) => tcp(targetPort));
    const out = { egress: [{ to: [podsNamed(other)], ports }] };
    const into = { ingress: [{ from: [podsNamed(...pods)], ports }] };
    return [
      [policyName(part.name, "to", other), { pods, rule: out }],
      [policyName(other, "from", part.name), { pods: [other], rule: into }],
    ];
  });
  return Object.fromEntries(policies);
}

/** The migration connects as the API does. */
const podsOf = (name: string, { parts }: Settings): string[] =>
  name === parts.api.name && parts.migration !== undefined ? [name, parts.migration.name] : [name];

/** `web-to-api`; with a service `web.to.redis`, since a service may be called `web-to-api` itself. */
function policyName(of: string, direction: "to" | "from", other: string): string {
  const shown = [of, direction, other].map((name) => (name === standardParts.db.name ? "database" : name));
  return shown.join([of, other].every((name) => name in standardParts) ? "-" : ".");
}

/** One policy for all that have the same ways out, so that the setting `egress` is one. */
function waysOut(settings: Settings): Record<string, Policy> {
  const out = Object.values(settings.workloads).filter(({ egress }) => egress.length > 0);
  const common = out.filter(({ egress }) => isDeepStrictEqual(egress, settings.egress));
  const policy = (workloads: readonly Workload[], egress: Settings["egress"]): Policy => ({
    pods: workloads.flatMap(({ part }) => podsOf(part.name, settings)).sort(),
    rule: { egress: egress.map(destination) },
  });
  return {
    ...(common.length > 0 && { "extra-egress": policy(common, settings.egress) }),
    ...Object.fromEntries(
      out
        .filter((workload) => !common.includes(workload))
        .map((workload) => [`${workload.part.name}.egress`, policy([workload], workload.egress)]),
    ),
  };
}

const destination = ({ cidr, namespaceLabels, ports }: Settings["egress"][number]) => ({
  to: [cidr === undefined ? inNamespaces(namespaceLabels ?? {}) : { ipBlock: block(cidr) }],
  ...(ports === undefined ? {} : { ports: ports.map(tcp) }),
});

/** "Everywhere" excludes the cloud's metadata service, which hands out the node's credentials. */
const block = (cidr: string) => (cidr === "0.0.0.0/0" ? { cidr, except: ["169.254.0.0/16"] } : { cidr });
const tcp = (port: number) => ({ protocol: "TCP", port });
const inNamespaces = (matchLabels: Record<string, string>): Peer => ({ namespaceSelector: { matchLabels } });
const podsNamed = (...names: string[]): Peer => ({ podSelector: selector(names) });

function selector(names: string[]): types.input.meta.v1.LabelSelector {
  return names.length === 0 ? {} : { matchExpressions: [{ key: nameLabel, operator: "In", values: names }] };
}
