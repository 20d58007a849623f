import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  containerOf,
  databaseEnvironment,
  databaseFolders,
  databaseSecrets,
  databaseVolume,
  generationAnnotation,
  type GeneratedSecrets,
  limits,
  secretData,
  type Settings,
} from "../contract";
import {
  container,
  gate,
  inNamespace,
  labelsOf,
  podSpec,
  replicasOf,
  resourceRequirements,
  secret,
  selectorOf,
  deletedBeforeNamespace,
  forceApply,
  type Transform,
  variables,
  type WorkloadArgs,
  writable,
} from "./pod";

export interface PostgresArgs extends WorkloadArgs {
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  readonly transform?: Transform<k8s.apps.v1.StatefulSetArgs>;
}

/** Postgres with a volume, at `db:5432` inside the preview. */
export class Postgres extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: PostgresArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:Postgres", name, {}, options);
    const { name: service, port } = args.settings.parts.db;
    const labels = labelsOf(service);

    // Headless: a single pod needs no virtual address, and Pulumi doesn't wait for a headless Service.
    new k8s.core.v1.Service(
      name,
      {
        metadata: { name: service, namespace: args.namespace.metadata.name, labels },
        spec: { clusterIP: "None", selector: selectorOf(service), ports: [{ name: "postgres", port }] },
      },
      inNamespace(this, args.namespace),
    );
    const password = secret(
      `${name}-secrets`,
      args.namespace,
      args.secrets.apply((generated) => secretData(databaseSecrets, generated)),
      this,
    );
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      name,
      statefulSetArgs({ ...args, namespace: args.namespace.metadata.name, passwordSecret: password.metadata.name }),
      deletedBeforeNamespace(this),
    );

    this.registerOutputs({});
  }
}

export interface StatefulSetParts extends Pick<PostgresArgs, "settings" | "imagePullSecrets" | "transform"> {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Secret with the database's password. */
  readonly passwordSecret: pulumi.Input<string>;
}

/** The arguments of the database's StatefulSet, after `transform`. */
export function statefulSetArgs(parts: StatefulSetParts): k8s.apps.v1.StatefulSetArgs {
  const { settings, namespace, transform = (same) => same } = parts;
  const { name } = settings.parts.db;
  const labels = labelsOf(name);
  return transform({
    metadata: { name, namespace, labels, annotations: forceApply },
    spec: {
      serviceName: name,
      replicas: replicasOf(settings),
      selector: { matchLabels: selectorOf(name) },
      template: { metadata: { labels }, spec: pod(parts) },
      volumeClaimTemplates: [volumeClaim(settings)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" },
    },
  });
}

function pod({ settings, imagePullSecrets, passwordSecret }: StatefulSetParts) {
  const { database, parts } = settings;
  const isReady = isReadyAt(parts.db.targetPort);
  const { volumes, volumeMounts } = writable(databaseFolders);
  return podSpec(
    { imagePullSecrets },
    {
      uid: database.uid,
      volumes,
      initContainers: [gate(settings, { needs: [], egress: [] })],
      containers: [
        container({
          name: containerOf(parts.db),
          image: database.image,
          args: ["postgres", ...relaxedDurability],
          env: variables(databaseEnvironment(database), passwordSecret),
          ports: [{ name: "postgres", containerPort: parts.db.targetPort }],
          resources: resourceRequirements(database.resources, databaseFolders),
          volumeMounts: [{ name: "data", mountPath: databaseVolume }, ...volumeMounts],
          startupProbe: { ...isReady, periodSeconds: 1, failureThreshold: limits.databaseSeconds },
          readinessProbe: { ...isReady, periodSeconds: 5 },
          livenessProbe: { ...isReady, periodSeconds: 20 },
        }),
      ],
    },
  );
}

/**
 * A preview's data may be lost with its node, but not with its pod: committed data is in the page cache, which outlives the
 * process. synchronous_commit stays on: without it Postgres reports commits that are still in its own memory.
 *
 * @see https://www.postgresql.org/docs/16/non-durability.html
 */
const relaxedDurability = ["fsync", "full_page_writes"].flatMap((name) => ["-c", `${name}=off`]);

/** Over TCP: the temporary server that initializes the data listens only on its socket (docker-library/postgres#880). */
const isReadyAt = (port: number) => ({
  exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1", `--port=${port}`] },
  timeoutSeconds: 3,
});

function volumeClaim({ database }: Settings) {
  return {
    // A changed claim template replaces the StatefulSet, which deletes its old volume.
    metadata: { name: "data", annotations: { [generationAnnotation]: String(database.generation) } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(database.storageClass === "" ? {} : { storageClassName: database.storageClass }),
      resources: { requests: { storage: database.storage } },
    },
  };
}
