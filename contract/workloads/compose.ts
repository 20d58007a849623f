import { parseImage, revisionOf } from "../image-reference";
import type { Names } from "../names";
import { type Parts, type PerImage, type Port, standardParts } from "../parts";
import type { SettingsValues } from "../settings/schema";
import { KnownValues, type RandomValue, randomValuesIn } from "../values";
import { inherit } from "./inherit";
import type { PartValues } from "./part-values";
import { partsOf } from "./parts-of";
import {
  problemsOfMemory,
  problemsOfNames,
  problemsOfPaths,
  problemsOfSharedMemory,
  problemsOfVariables,
} from "./problems";
import { Texts } from "./texts";
import type { Workload } from "./workload";
import { workloadOf, type WorkloadSources } from "./workload-of";

/** What a preview consists of, by its settings. */
export interface Composition {
  readonly parts: Parts;
  /** The API, the web and the services by name; the database has a component of its own. */
  readonly workloads: Readonly<Record<string, Workload>>;
  /** The API's migration; undefined with `migrate: none`. */
  readonly migration?: Pick<Workload, "command" | "needs">;
  readonly images: PerImage<string>;
  /** What the containers of each image are told as GIT_SHA. */
  readonly revisions: PerImage<string>;
  readonly randomValues: readonly RandomValue[];
  /** `ingress.annotations` with their values in place. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The ports of each part that has a Service. */
  readonly ports: Readonly<Record<string, readonly Port[]>>;
}

const databasePorts: readonly Port[] = [
  { name: "postgres", port: standardParts.db.port, targetPort: standardParts.db.targetPort },
];

/** @param report is called for everything that is wrong, with the setting's path first */
export function compose(
  values: SettingsValues,
  names: Names,
  pullRequest: number,
  report: (problem: string) => void,
): Composition | undefined {
  const wrongNames = problemsOfNames(values);
  wrongNames.forEach(report);
  if (wrongNames.length > 0) {
    return undefined;
  }
  const all = [...inherit(values).values()];
  const images = imagesOf(all);
  const revisions = Object.fromEntries(
    Object.entries(images).map(([name, image]) => [name, revision(values, name, image)]),
  );
  const listening = all.filter(({ ports }) => ports.length > 0);
  const known = new KnownValues({ ...values, pullRequest, names, revisions, listeners: listening });
  const ports = new Map<string, readonly Port[]>([
    [standardParts.db.name, databasePorts],
    ...listening.map(({ name, ports }): [string, readonly Port[]] => [name, ports]),
  ]);
  const texts = new Texts(known, report);
  const sources: WorkloadSources = {
    values,
    names,
    texts,
    revisions,
    ports,
  };
  const workloads = Object.fromEntries(all.map((given) => [given.name, workloadOf(given, sources)]));
  [
    ...all.flatMap((part) => problemsOfVariables(part, values)),
    ...problemsOfMemory(values, all),
    ...all.flatMap(problemsOfSharedMemory),
    ...problemsOfPaths(workloads, ports),
  ].forEach(report);
  const migration = migrationOf(values, workloads, texts);
  const { annotations } = values.ingress;
  return {
    parts: partsOf(migration !== undefined, workloads),
    workloads,
    migration,
    images,
    revisions,
    randomValues: randomValuesIn(Object.values(workloads).flatMap(({ secrets }) => Object.values(secrets))),
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, text]) => [name, texts.plain(text, `ingress.annotations.${name}`)]),
    ),
    ports: Object.fromEntries(ports),
  };
}

/** It waits for what the API waits for, but for what itself waits for the migration. */
function migrationOf(
  { api }: SettingsValues,
  workloads: Composition["workloads"],
  texts: Texts,
): Composition["migration"] {
  if (api.migrate === "none") {
    return undefined;
  }
  const isLater = (address: string) =>
    allBefore(address.split(":")[0]!, workloads).some((name) => workloads[name]?.isAfterMigration === true);
  return {
    command: texts.plainList(api.migrate, "api.migrate"),
    needs: workloads.api!.needs.filter((address) => !isLater(address)),
  };
}

/** A part, and all parts that must answer before it starts. */
function allBefore(name: string, workloads: Composition["workloads"]): string[] {
  const found = new Set([name]);
  for (const part of found) {
    workloads[part]?.waitsFor.forEach((other) => found.add(other));
  }
  return [...found];
}

const imagesOf = (all: readonly PartValues[]): Record<string, string> =>
  Object.fromEntries(all.flatMap(({ name, runs, image }) => (runs === name ? [[name, image]] : [])));

function revision({ api, web }: SettingsValues, name: string, image: string): string {
  const sha = name === "api" ? api.sha : name === "web" ? web.sha : "";
  const parsed = parseImage(image);
  return sha !== "" ? sha : parsed ? revisionOf(parsed) : "";
}
