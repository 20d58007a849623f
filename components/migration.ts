import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { addressOf, apiEnvironment, limits, type Settings, shortHash, writableFolders } from "../contract";
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
  /** Its uid is another's where the data is. */
  readonly database: k8s.apps.v1.StatefulSet;
  /** The API's Secret: the migration sees the same variables. */
  readonly secretName: pulumi.Input<string>;
  readonly transform?: Transform<k8s.batch.v1.JobArgs>;
}

/**
 * The Job that migrates and, the first time, seeds: one per revision, before the API changes, so that pods never race
 * to migrate and a failure leaves the old ones serving.
 */
export class Migration extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: MigrationArgs, options?: pulumi.ComponentResourceOptions) {
    super("preview:index:Migration", name, {}, options);
    const labels = labelsOf(args.settings.parts.migration.name);
    // Asleep there is no database to migrate. One that has succeeded stays so, and waking needn't wait for another.
    const suspend = args.settings.asleep;

    this.job = new k8s.batch.v1.Job(
      name,
      (args.transform ?? ((same) => same))({
        metadata: {
          name: `migrate-${shortHash(revisionAndDatabase(args.settings))}`,
          namespace: args.namespace.metadata.name,
          labels,
          annotations: suspend
            ? // Not skipAwait: then a deletion isn't waited for either, and its successor would go with it.
              { "pulumi.com/waitFor": "jsonpath={.spec.suspend}=true" }
            : // Without it a failed Job is only waited for again, and the same revision could never be retried.
              { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          suspend,
          backoffLimit: 0,
          // Shorter than Pulumi waits for it, so that one that hangs is ended, and holds no lock in the database when the
          // next one comes.
          activeDeadlineSeconds: limits.migrationSeconds,
          template: {
            // Another database, also one that was recreated after it was deleted, needs a migration of its own.
            metadata: { labels, annotations: { "preview-stack/database": args.database.metadata.uid } },
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
    const { api, parts } = args.settings;
    const folders = writableFolders(api.writablePaths);
    const { volumes, volumeMounts } = productVolumes(args, folders);
    return podSpec(args, {
      uid: api.uid,
      gid: api.gid,
      restartPolicy: "Never",
      volumes,
      initContainers: [gate(args.settings, { needs: [addressOf(parts.db)], hasEgress: true })],
      containers: [
        container({
          name: "migrate",
          image: api.image,
          command: api.migrate,
          env: variables(apiEnvironment(args.settings), args.secretName),
          resources: resourceRequirements(api.resources, folders),
          volumeMounts,
        }),
      ],
    });
  }
}

/** What a migration is for: another image needs one, and so does another volume, which is empty. */
function revisionAndDatabase({ api, database }: Settings): string {
  return [api.image, database.storage, database.storageClass, database.generation].join(" ");
}
