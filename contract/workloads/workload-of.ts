import { apiVariables, webVariables } from "../environment";
import type { Names } from "../names";
import { type Port, standardParts } from "../parts";
import type { SettingsValues } from "../settings/schema";
import { sharedMemoryPath, writableFolders } from "../writable-folders";
import { checksOf } from "./checks";
import type { PartValues } from "./part-values";
import { partOf } from "./parts-of";
import { addressesOf, pathsOf } from "./paths";
import type { Texts } from "./texts";
import { variablesOf } from "./variables";
import type { Workload } from "./workload";

/** What a part's workload depends on beside its own settings. */
export interface WorkloadSources {
  readonly values: SettingsValues;
  readonly names: Names;
  readonly texts: Texts;
  readonly revisions: Readonly<Record<string, string>>;
  /** The ports of all parts that listen. */
  readonly ports: ReadonlyMap<string, readonly Port[]>;
}

/** The preview's own variables for the API, the web and what inherits from them. */
const contractOf = { api: apiVariables, web: webVariables };

export function workloadOf(given: PartValues, sources: WorkloadSources): Workload {
  const { values, names, texts, revisions, ports } = sources;
  const { group, base, runs, command, args, sharedMemory, writablePaths } = given;
  const paths = pathsOf(given, ports);
  const isOfProduct = base !== undefined || runs !== undefined;
  const revision = revisions[runs ?? base ?? ""] ?? "";
  const own = base === undefined ? {} : contractOf[base]({ values, names, revision });
  return {
    ...given,
    ...paths,
    ...variablesOf(given, own, texts),
    part: partOf(given),
    command: command && texts.plainList(command, `${group}.command`),
    args: args && texts.plainList(args, `${group}.args`),
    folders: writableFolders([
      ...writablePaths,
      ...(sharedMemory ? [{ path: sharedMemoryPath, size: sharedMemory }] : []),
    ]),
    checks: checksOf(given),
    checkedAs: base === undefined ? given.name : { api: standardParts.api.name, web: names.host }[base],
    isSingle: given.single,
    isAfterMigration: base === "api" && values.api.migrate !== "none",
    isOfProduct,
    needs: addressesOf(paths.waitsFor, ports),
    egress: given.egress ?? (isOfProduct ? values.egress : []),
  };
}
