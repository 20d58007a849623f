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
  /** The database to migrate. Its uid changes when it is recreated. */
  readonly database: k8s.apps.v1.StatefulSet;
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
    const labels = labelsOf(args.settings.parts.migration.name);
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

/** Identifies a migration: a new image needs one, and so does a new, empty volume. */
function revisionAndDatabase({ api, database }: Settings): string {
  return [api.image, database.storage, database.storageClass, database.generation].join(" ");
}
