import type * as k8s from "@pulumi/kubernetes";
import { generationOf, type Settings, SettingsError } from "../contract";
import { podOf, riskyChanges, replacingChanges } from "./living-database";
import { statefulSetArgs } from "./postgres";
import type { Transform } from "./pod";
import type { Existing } from "./program/preflight";

/** The update that may lose something. */
export interface IntendedUpdate {
  readonly settings: Settings;
  /** What the cluster has. @default nothing is there */
  readonly existing?: Existing;
  readonly transform?: { readonly database?: Transform<k8s.apps.v1.StatefulSetArgs> };
}

/**
 * No update loses a database unless it was told to, by a higher generation.
 *
 * @throws SettingsError before anything is registered, with what would replace the volume
 */
export function refuseDataLoss({ settings, existing, transform }: IntendedUpdate): void {
  const { database, names, pullRequest } = settings;
  const living = existing?.database;
  if (living === undefined || database.generation > generationOf(living)) {
    return;
  }
  if (database.generation < generationOf(living)) {
    throw new SettingsError([
      `database.generation: must not be lower than the ${generationOf(living)} that is deployed, or its data would be ` +
        `lost; got ${database.generation}`,
    ]);
  }
  const wanted = statefulSetArgs({
    settings,
    namespace: names.namespace,
    imagePullSecrets: [],
    passwordSecret: "",
    transform: transform?.database,
  });
  const giveUp = `give the data up by raising database.generation (preview up ${pullRequest} --replace-database)`;
  const { image } = podOf(living);
  const mayNotOpen = database.dataFrom === image ? [] : riskyChanges(living, wanted);
  const problems = [
    ...replacingChanges(living, wanted).map(
      ({ what, deployed, wanted }) =>
        `${what}: the database can't be changed from ${deployed} to ${wanted} without losing its data: take the change ` +
        `back, or ${giveUp}`,
    ),
    ...mayNotOpen.map(
      ({ what, deployed, wanted }) =>
        `${what}: the data is of a database with ${deployed}, and one with ${wanted} may be unable to open it: take the change ` +
        `back, say that it can (database.dataFrom ${image}), or ${giveUp}`,
    ),
  ];
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
}
