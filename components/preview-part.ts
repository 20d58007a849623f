import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  containerOf,
  generationAnnotation,
  type GeneratedSecrets,
  type Part,
  secretData,
  startSecondsOf,
  type Workload,
} from "../contract";
import { Migration, type MigrationArgs } from "./migration";
import { PartAccount } from "./part-account";
import {
  container,
  gate,
  inNamespace,
  labelsOf,
  ofPart,
  podSpec,
  probes,
  type ProductArgs,
  productVolumes,
  replicasOf,
  resourceRequirements,
  secret,
  selectorOf,
  forceApply,
  type Transform,
  variables,
} from "./pod";

/** What a part's workload is made from: a StatefulSet where it is single, otherwise a Deployment. */
export type PartWorkloadArgs = k8s.apps.v1.DeploymentArgs | k8s.apps.v1.StatefulSetArgs;

export interface PreviewPartArgs extends ProductArgs {
  readonly workload: Workload;
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  /** What its migration takes, where it has one. */
  readonly migration?: Pick<MigrationArgs, "database" | "migration" | "transform">;
  /** What must have succeeded before it changes. */
  readonly after?: pulumi.Resource;
  readonly transform?: Transform<PartWorkloadArgs>;
}

/** What its pods use by name. */
interface Uses {
  readonly secretName: pulumi.Input<string>;
  readonly accountName?: pulumi.Input<string>;
}

/** The API, the web, or a service that settings add: its Secret, its Service if it listens, its rights, and its workload. */
export class PreviewPart extends pulumi.ComponentResource {
  /** Undefined where it has no migration. */
  readonly migrationJob?: k8s.batch.v1.Job;

  constructor(name: string, args: PreviewPartArgs, options?: pulumi.ComponentResourceOptions) {
    super(componentType(args.workload.part), name, {}, options);
    const { workload, migration } = args;

    const secretName = this.secretName(`${name}-secrets`, args);
    if (migration !== undefined) {
      this.migrationJob = new Migration(
        `${name}-migration`,
        { ...args, ...migration, transform: migration.transform, secretName },
        { parent: this, dependsOn: migration.database },
      ).job;
    }
    if (workload.ports.length > 0) {
      this.service(name, args);
    }
    const { serviceAccount } = workload;
    const account =
      serviceAccount &&
      new PartAccount(
        `${name}-account`,
        { ...serviceAccount, part: workload.part.name, namespace: args.namespace },
        { parent: this },
      );
    const before = [this.migrationJob ?? args.after, account].filter((resource) => resource !== undefined);
    this.workload(name, args, { secretName, accountName: account?.accountName }, before);

    this.registerOutputs({});
  }

  private secretName(name: string, { workload, namespace, secrets }: PreviewPartArgs): pulumi.Input<string> {
    if (Object.keys(workload.secrets).length === 0) {
      return "";
    }
    const data = secrets.apply((generated) => secretData(workload.secrets, generated));
    return secret(name, namespace, data, this).metadata.name;
  }

  private service(name: string, { workload: { part, ports }, namespace }: PreviewPartArgs): void {
    new k8s.core.v1.Service(
      name,
      {
        // The workload is waited for; waiting for the Service as well takes 10 s longer and proves nothing more.
        metadata: {
          name: part.name,
          namespace: namespace.metadata.name,
          labels: labelsOf(part.name),
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector: selectorOf(part.name), ports: ports.map((port) => ({ ...port })) },
      },
      inNamespace(this, namespace),
    );
  }

  private workload(name: string, args: PreviewPartArgs, uses: Uses, dependsOn: pulumi.Resource[]): void {
    const { workload, settings, transform = (same) => same } = args;
    const { part, isSingle, stopSeconds } = workload;
    const labels = labelsOf(part.name);
    const metadata = { name: part.name, namespace: args.namespace.metadata.name, labels };
    const common = {
      replicas: replicasOf(settings),
      selector: { matchLabels: selectorOf(part.name) },
      template: { metadata: { labels, ...startsAgain(args) }, spec: pod(args, uses) },
    };
    const startSeconds = startSecondsOf(workload.checks);
    const options = { ...ofPart(this, args.namespace, { startSeconds, stopSeconds }), dependsOn };
    if (isSingle) {
      new k8s.apps.v1.StatefulSet(
        name,
        transform({
          metadata: { ...metadata, annotations: forceApply },
          // Parallel: with the default a pod that doesn't get ready blocks every update after it
          // (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
          spec: { ...common, serviceName: part.name, podManagementPolicy: "Parallel" },
        }) as k8s.apps.v1.StatefulSetArgs,
        options,
      );
      return;
    }
    new k8s.apps.v1.Deployment(
      name,
      transform({
        metadata: { ...metadata, annotations: { ...forceApply, ...deletedInBackground } },
        spec: {
          ...common,
          // The old pod serves until the new one is ready, also when that never happens.
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        },
      }) as k8s.apps.v1.DeploymentArgs,
      options,
    );
  }
}

/** An API that migrates by itself does so as it starts: a new database takes a new pod. */
function startsAgain({ workload, settings: { parts, migration, database } }: PreviewPartArgs) {
  const migratesItself = workload.part === parts.api && migration === undefined;
  return migratesItself ? { annotations: { [generationAnnotation]: String(database.generation) } } : {};
}

/** Living previews have their parts under these, and a part under another type would be made again. */
function componentType({ name }: Part): string {
  switch (name) {
    case "api":
      return "preview:index:DjangoApi";
    case "web":
      return "preview:index:NextWeb";
    default:
      return "preview:index:Service";
  }
}

/**
 * Pulumi doesn't wait for a Deployment's pods before it deletes what comes next: they end beside it. Not for a StatefulSet
 * or a Job, whose pods must be gone before a successor comes. The provider reads the annotation from the state
 * (pulumi/pulumi-kubernetes#3011).
 */
const deletedInBackground = { "pulumi.com/deletionPropagationPolicy": "background" };

/**
 * How long a pod that is being stopped goes on serving, in seconds: nodes learn later than the pod itself that requests are
 * no longer for it, kube-proxy up to a second (`minSyncPeriod`), and what still arrives would be refused
 * (https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/).
 */
const preStopSeconds = 2;

function pod(args: PreviewPartArgs, { secretName, accountName }: Uses): types.input.core.v1.PodSpec {
  const { workload, settings, trustedCa } = args;
  const { part, folders, ports, stopSeconds } = workload;
  const { volumes, volumeMounts } = productVolumes(
    { trustedCa: workload.isOfProduct ? trustedCa : undefined },
    folders,
  );
  const serves = ports.length > 0 && !workload.isSingle && stopSeconds > preStopSeconds;
  return podSpec(args, {
    uid: workload.uid,
    gid: workload.gid,
    stopSeconds,
    ...(accountName !== undefined && { serviceAccountName: accountName, automountServiceAccountToken: true }),
    volumes,
    initContainers: [gate(settings, workload)],
    containers: [
      container({
        name: containerOf(part),
        image: workload.image,
        command: workload.command,
        args: workload.args,
        readOnlyRoot: workload.readOnlyRoot,
        asRoot: workload.uid === 0,
        env: variables(workload.environment, secretName),
        ports: ports.map(({ name, targetPort }) => ({ name, containerPort: targetPort })),
        resources: resourceRequirements(workload.resources, folders),
        volumeMounts,
        ...probes(workload),
        ...(serves && { lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } } }),
      }),
    ],
  });
}
