import type { Port } from "../parts";
import type { SettingsValues } from "../settings/schema";
import { cycles } from "./cycles";
import type { Workload } from "./workload";

/** What is wrong with the names of other parts that settings give, one of them to take over from. */
export function problemsOfNames({ api, web, services }: SettingsValues): string[] {
  const servers = { api, ...(web.enabled && { web }) };
  const runnable = [...Object.keys(servers), ...Object.keys(services)];
  const reachable = [...runnable, "database"];
  const unknown = (path: string, name: string, known: readonly string[]) =>
    known.includes(name)
      ? []
      : [`${path}: there is no such part; there are ${known.join(", ")}; got ${JSON.stringify(name)}`];
  const connected = Object.entries({ ...servers, ...prefixed(services) }).flatMap(([group, given]) =>
    (["uses", "dependsOn"] as const).flatMap((key) =>
      (given[key] ?? []).flatMap((name, at) => unknown(`${group}.${key}.${at}`, name, reachable)),
    ),
  );
  const taken = Object.entries(services).flatMap(([service, given]) =>
    (["from", "imageFrom"] as const).flatMap((key) => {
      const name = given[key];
      return name === undefined ? [] : unknown(`services.${service}.${key}`, name, runnable);
    }),
  );
  const sources = Object.fromEntries(
    Object.entries(services).map(([name, { from, imageFrom }]) => [
      name,
      [from, imageFrom].filter((source) => source !== undefined),
    ]),
  );
  return [
    ...connected,
    ...taken,
    ...cycles(sources).map((way) => `services: from and imageFrom must not lead back to where they began; got ${way}`),
  ];
}

/** What is wrong with what parts wait for: each must listen, and none may wait for itself. */
export function problemsOfPaths(
  workloads: Readonly<Record<string, Workload>>,
  ports: ReadonlyMap<string, readonly Port[]>,
): string[] {
  const all = Object.values(workloads);
  const silent = all.flatMap(({ part, connectsTo }) =>
    connectsTo
      .filter((name) => !ports.has(name))
      .map((name) => `${part.group}: can't connect to ${name}, which has no port; set services.${name}.port`),
  );
  const waits = Object.fromEntries(all.map(({ part, waitsFor }) => [part.name, waitsFor]));
  return [
    ...silent,
    ...unchecked(all),
    ...cycles(waits).map((way) => `dependsOn: parts must not wait for each other; got ${way}; say uses instead`),
  ];
}

/** Checks that need a port where there is none. */
const unchecked = (all: readonly Workload[]): string[] =>
  all.flatMap(({ part, checks }) =>
    (["start", "ready", "live"] as const)
      .filter((name) => checks[name] !== undefined && checks[name].command === undefined && !checks[name].port)
      .map((name) => `${part.group}.checks.${name}: needs a port, as the part has none of its own`),
  );

const prefixed = (services: SettingsValues["services"]) =>
  Object.fromEntries(Object.entries(services).map(([name, given]) => [`services.${name}`, given]));
