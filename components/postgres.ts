import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { databaseEnvironment, databaseSecrets, databaseVolume, type GeneratedSecrets, services } from "../contract";
import {
  container,
  inNamespace,
  labelsOf,
  podSpec,
  replicasOf,
  resourceRequirements,
  secret,
  stoppedFirst,
  type Transform,
  variables,
  type WorkloadArgs,
  writable,
} from "./workload";

export interface PostgresArgs extends WorkloadArgs {
  readonly secrets: pulumi.Output<GeneratedSecrets>;
  readonly transform?: Transform<k8s.apps.v1.StatefulSetArgs>;
}

/** One Postgres with a volume, reached as `db:5432`. */
export class Postgres extends pulumi.ComponentResource {
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  constructor(name: string, args: PostgresArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:Postgres", name, {}, options);
    const { name: service, port } = services.database;
    const labels = labelsOf(service);

    // Headless: one pod needs no virtual address, and a Service without one is not waited for.
    new k8s.core.v1.Service(
      name,
      {
        metadata: { name: service, namespace: args.namespace.metadata.name, labels },
        spec: { clusterIP: "None", selector: labels, ports: [{ name: "postgres", port }] },
      },
      inNamespace(this, args.namespace),
    );
    const password = secret(`${name}-secrets`, args.namespace, args.secrets.apply(databaseSecrets), this);
    this.statefulSet = new k8s.apps.v1.StatefulSet(
      name,
      (args.transform ?? ((same) => same))({
        metadata: { name: service, namespace: args.namespace.metadata.name, labels },
        spec: {
          serviceName: service,
          replicas: replicasOf(args.settings),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: this.pod(args, password.metadata.name) },
          volumeClaimTemplates: [volumeClaim(args)],
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" },
        },
      }),
      stoppedFirst(this),
    );

    this.registerOutputs({});
  }

  private pod(args: PostgresArgs, password: pulumi.Output<string>) {
    const { database } = args.settings;
    const { volumes, volumeMounts } = writable(["/tmp", "/var/run/postgresql"]);
    return podSpec(args, {
      uid: database.uid,
      volumes,
      containers: [
        container({
          name: "postgres",
          image: database.image,
          args: ["postgres", ...throwAwayDurability],
          env: variables(databaseEnvironment(), password),
          ports: [{ name: "postgres", containerPort: services.database.port }],
          resources: resourceRequirements(database.resources),
          volumeMounts: [{ name: "data", mountPath: databaseVolume }, ...volumeMounts],
          startupProbe: { ...isReady, periodSeconds: 1, failureThreshold: 120 },
          readinessProbe: { ...isReady, periodSeconds: 5 },
          livenessProbe: { ...isReady, periodSeconds: 20 },
        }),
      ],
    });
  }
}

/**
 * A preview's data may be lost with its node, not with its pod: a crash of the process leaves the page cache in place.
 *
 * @see https://www.postgresql.org/docs/16/non-durability.html
 */
const throwAwayDurability = ["fsync", "synchronous_commit", "full_page_writes"].flatMap((name) => [
  "-c",
  `${name}=off`,
]);

/** Over TCP: the server that only initialises the data listens on its socket alone (docker-library/postgres#880). */
const isReady = {
  exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1", `--port=${services.database.port}`] },
  timeoutSeconds: 3,
};

function volumeClaim({ settings: { database } }: PostgresArgs) {
  return {
    // A claim that differs is another volume: the StatefulSet is replaced, and its old volume goes with it.
    metadata: { name: "data", annotations: { "preview-stack/generation": String(database.generation) } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(database.storageClass === "" ? {} : { storageClassName: database.storageClass }),
      resources: { requests: { storage: database.storage } },
    },
  };
}
