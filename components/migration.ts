import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type Composition,
  containerOf,
  limits,
  type Settings,
  shortHash,
  standardParts,
  type Workload,
} from "../contract";
import type { Postgres } from "./postgres";
import {
  container,
  gate,
  labelsOf,
  podSpec,
  type ProductArgs,
  productVolumes,
  resourceRequirements,
  deletedBeforeNamespace,
  type Transform,
  variables,
} from "./pod";

export interface MigrationArgs extends ProductArgs {
  /** The API, whose image, variables and user it has. */
  readonly workload: Workload;
  readonly migration: NonNullable<Composition["migration"]>;
  /** The database to migrate. Its uid changes when it is recreated. */
  readonly database: Postgres;
  /** Name of the API's Secret: the migration has the same variables. */
  readonly secretName: pulumi.Input<string>;
  readonly transform?: Transform<k8s.batch.v1.JobArgs>;
}

/**
 * The Job that migrates and, the first time, seeds. It runs once per revision, before the API changes: pods never race to
 * migrate, and if it fails, the old pods keep serving.
 */
export class Migration extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: MigrationArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:Migration", name, {}, options);
    const labels = labelsOf(standardParts.migration.name);
    // A sleeping preview has no database to migrate. A migration that has succeeded doesn't run again on waking.
    const suspend = args.settings.asleep;

    this.job = new k8s.batch.v1.Job(
      name,
      (args.transform ?? ((same) => same))({
        metadata: {
          name: `migrate-${shortHash(revisionAndDatabase(args.settings))}`,
          namespace: args.namespace.metadata.name,
          labels,
          annotations: suspend
            ? // Not skipAwait, which wouldn't wait for a deletion either, and so delete the replacement too.
              { "pulumi.com/waitFor": "jsonpath={.spec.suspend}=true" }
            : // Otherwise Pulumi would only wait again for a failed Job, and the same revision could never be retried.
              { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          suspend,
          backoffLimit: 0,
          // Shorter than Pulumi's timeout, so that a migration that hangs is stopped and holds no database lock when the next
          // one runs.
          activeDeadlineSeconds: limits.migrationSeconds,
          template: {
            // Migrates again if the database was recreated.
            metadata: { labels, annotations: { "preview-stack/database": args.database.statefulSet.metadata.uid } },
            spec: this.pod(args),
          },
        },
      }),
      {
        ...deletedBeforeNamespace(this),
        deleteBeforeReplace: true,
        customTimeouts: {
          create: `${limits.migrationUpdateSeconds}s`,
          update: `${limits.migrationUpdateSeconds}s`,
          delete: `${limits.workloadDeletionSeconds}s`,
        },
      },
    );

    this.registerOutputs({});
  }

  private pod(args: MigrationArgs) {
    const { workload, migration } = args;
    const { folders } = workload;
    const { volumes, volumeMounts } = productVolumes(args, folders);
    return podSpec(args, {
      uid: workload.uid,
      gid: workload.gid,
      restartPolicy: "Never",
      volumes,
      initContainers: [gate(args.settings, { needs: migration.needs, egress: workload.egress })],
      containers: [
        container({
          name: containerOf(standardParts.migration),
          image: workload.image,
          command: migration.command,
          readOnlyRoot: workload.readOnlyRoot,
          asRoot: workload.uid === 0,
          env: variables(workload.environment, args.secretName),
          resources: resourceRequirements(workload.resources, folders),
          volumeMounts,
        }),
      ],
    });
  }
}

/** Identifies a migration: a new image needs one, and so does a new, empty volume. */
function revisionAndDatabase({ api, database }: Settings): string {
  return [api.image, database.storage, database.storageClass, database.generation].join(" ");
}
