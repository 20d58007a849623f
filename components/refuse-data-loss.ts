import type * as k8s from "@pulumi/kubernetes";
import { generationOf, type Settings, SettingsError } from "../contract";
import { podOf, renamings, replacingChanges, riskyChanges } from "./living-database";
import { statefulSetArgs } from "./postgres";
import type { Transform } from "./pod";
import type { Existing } from "./program/preflight";

/** An update that may lose data. */
export interface IntendedUpdate {
  readonly settings: Settings;
  /** What the cluster has. @default nothing */
  readonly existing?: Existing;
  readonly transform?: { readonly database?: Transform<k8s.apps.v1.StatefulSetArgs> };
}

/**
 * Refuses an update that would lose the database, unless a higher generation asks for it.
 *
 * @throws SettingsError with the changes that would lose data, before any resource is registered
 */
export function refuseDataLoss({ settings, existing, transform }: IntendedUpdate): void {
  const { database, names, pullRequest } = settings;
  const living = existing?.database;
  if (living === undefined || database.generation > generationOf(living)) {
    return;
  }
  if (database.generation < generationOf(living)) {
    throw new SettingsError([
      `database.generation: must be at least ${generationOf(living)}, the deployed generation; got ${database.generation}`,
    ]);
  }
  const wanted = statefulSetArgs({
    settings,
    namespace: names.namespace,
    imagePullSecrets: [],
    passwordSecret: "",
    transform: transform?.database,
  });
  const discard = `start over with an empty database: raise database.generation (preview up ${pullRequest} --replace-database)`;
  const { image } = podOf(living);
  const mayNotOpen = database.dataFrom === image ? [] : riskyChanges(living, wanted);
  const problems = [
    ...[...replacingChanges(living, wanted), ...renamings(living, wanted)].map(
      ({ what, deployed, wanted }) =>
        `${what}: the database can't be changed from ${deployed} to ${wanted} without losing its data. Undo the change, or ` +
        discard,
    ),
    ...mayNotOpen.map(
      ({ what, deployed, wanted }) =>
        `${what}: a database with ${wanted} may be unable to open the data of one with ${deployed}. Undo the change, confirm ` +
        `that it can (database.dataFrom ${image}), or ${discard}`,
    ),
  ];
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
}
