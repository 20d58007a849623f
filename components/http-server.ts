import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Environment, limits, type ListeningPart, type Settings, writableFolders } from "../contract";
import {
  container,
  gate,
  inNamespace,
  labelsOf,
  podSpec,
  type ProductArgs,
  productVolumes,
  replicasOf,
  resourceRequirements,
  selectorOf,
  deletedBeforeNamespace,
  forceApply,
  type Transform,
  variables,
} from "./pod";

export interface HttpServerArgs extends ProductArgs {
  /** Names its Service and Deployment, and has their ports. */
  readonly part: ListeningPart;
  /** The container's image, command, checks and resources. */
  readonly server: Settings["api"] | Settings["web"];
  readonly environment: Environment;
  /** Addresses that must be reachable before it starts, such as `db:5432`. */
  readonly needs: readonly string[];
  /** Name of the Secret with the values of `ownSecret` variables. */
  readonly secretName: pulumi.Input<string>;
  /** The Host header of the probes. By default kubelet sends the pod's address, which Django answers with 400. */
  readonly probeHost: string;
  readonly transform?: Transform<k8s.apps.v1.DeploymentArgs>;
}

/** A Service and a Deployment that updates without downtime, for the API and the web. */
export function httpServer(
  name: string,
  args: HttpServerArgs,
  parent: pulumi.Resource,
  options: Pick<pulumi.CustomResourceOptions, "dependsOn"> = {},
): void {
  const { part, transform = (same) => same } = args;
  const namespace = args.namespace.metadata.name;
  const labels = labelsOf(part.name);
  const selector = selectorOf(part.name);

  new k8s.core.v1.Service(
    name,
    {
      // Pulumi waits for the Deployment already; waiting for the Service takes 10 s longer and proves nothing more.
      metadata: { name: part.name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { selector, ports: [{ name: "http", port: part.port, targetPort: part.targetPort }] },
    },
    inNamespace(parent, args.namespace),
  );
  new k8s.apps.v1.Deployment(
    name,
    transform({
      metadata: { name: part.name, namespace, labels, annotations: { ...forceApply, ...deletedInBackground } },
      spec: {
        replicas: replicasOf(args.settings),
        // The old pod serves until the new one is ready, even if that never happens.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: selector },
        template: { metadata: { labels }, spec: pod(args) },
      },
    }),
    { ...deletedBeforeNamespace(parent), ...options },
  );
}

/**
 * Pulumi doesn't wait for a Deployment's pods to exit before it deletes the next resource. Not for a StatefulSet or a Job, whose
 * pods must be gone before a replacement starts. The provider reads the annotation from the state
 * (pulumi/pulumi-kubernetes#3011).
 */
const deletedInBackground = { "pulumi.com/deletionPropagationPolicy": "background" };

/**
 * How long a terminating pod keeps serving, in seconds. Nodes stop routing to it only later, kube-proxy up to a second later
 * (`minSyncPeriod`), and requests that arrive until then would be refused
 * (https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/).
 */
const preStopSeconds = 2;

function pod(args: HttpServerArgs): types.input.core.v1.PodSpec {
  const { part, server } = args;
  const folders = writableFolders(server.writablePaths);
  const { volumes, volumeMounts } = productVolumes(args, folders);
  return podSpec(args, {
    uid: server.uid,
    gid: server.gid,
    volumes,
    initContainers: [gate(args.settings, { needs: args.needs, hasEgress: true })],
    containers: [
      container({
        name: part.name,
        image: server.image,
        command: server.command,
        env: variables(args.environment, args.secretName),
        ports: [{ name: "http", containerPort: part.targetPort }],
        resources: resourceRequirements(server.resources, folders),
        volumeMounts,
        ...probes(args),
        lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
      }),
    ],
  });
}

type Probes = Pick<types.input.core.v1.Container, "startupProbe" | "readinessProbe" | "livenessProbe">;

function probes({ part, server, probeHost }: HttpServerArgs): Probes {
  const get = (path: string) => ({
    httpGet: { path, port: part.targetPort, httpHeaders: [{ name: "Host", value: probeHost }] },
    timeoutSeconds: 5,
  });
  return {
    startupProbe: { ...get(server.readyPath), periodSeconds: 1, failureThreshold: limits.serverReadySeconds },
    readinessProbe: { ...get(server.readyPath), periodSeconds: 5 },
    livenessProbe: { ...get(server.livePath), periodSeconds: 20 },
  };
}
