import type { Port } from "../parts";
import { presetNames } from "../settings/reserved-names";
import { memoryLimitProblem } from "../settings/rules";
import type { SettingsValues } from "../settings/schema";
import { sharedMemoryPath } from "../writable-folders";
import { cycles } from "./cycles";
import type { PartValues } from "./part-values";
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
    ...cycles(sources).map((way) => {
      const key = services[way[0]!]?.from === way[1] ? "from" : "imageFrom";
      return `services.${way[0]}.${key}: must not lead back to where it began; got ${way.join(" → ")}`;
    }),
  ];
}

/**
 * What is wrong with the names of a part's variables: each is given once, in `env` or in `secrets`, and `omit` names only those that
 * the part would get otherwise, from the preview or by `from`.
 */
export function problemsOfVariables({ base, layers }: PartValues, values: SettingsValues): string[] {
  const { group, env, secrets, omit } = layers.at(-1)!;
  const inherited = layers.slice(0, -1).flatMap((layer) => [...Object.keys(layer.env), ...Object.keys(layer.secrets)]);
  const preset = base === undefined ? [] : presetNames(base, values);
  const known = [...new Set([...preset, ...inherited])].sort();
  const there = known.length === 0 ? "it gets none" : `it gets ${known.join(", ")}`;
  return [
    ...Object.keys(env)
      .filter((name) => Object.hasOwn(secrets, name))
      .map((name) => `${group}.env.${name}: must not be given beside ${group}.secrets.${name}`),
    ...omit.flatMap((name, at) =>
      known.includes(name)
        ? []
        : [`${group}.omit.${at}: there is no such variable to leave out; ${there}; got ${JSON.stringify(name)}`],
    ),
  ];
}

/** Memory limits that `from` has put beside a larger request, where one of the two is given. */
export function problemsOfMemory({ services }: SettingsValues, all: readonly PartValues[]): string[] {
  return all.flatMap(({ name, group, resources }) => {
    const own = services[name]?.resources ?? {};
    const problem = "memory" in own || "memoryLimit" in own ? memoryLimitProblem(resources) : undefined;
    return problem === undefined
      ? []
      : [`${group}.resources.memoryLimit: ${problem}; got ${JSON.stringify(resources.memoryLimit)}`];
  });
}

/** What is wrong with a part's shared memory, once `from` is resolved. */
export function problemsOfSharedMemory({ group, sharedMemory, writablePaths }: PartValues): string[] {
  const isShared = writablePaths.some((given) => (typeof given === "string" ? given : given.path) === sharedMemoryPath);
  return sharedMemory !== undefined && isShared
    ? [`${group}.sharedMemory: must not be given beside ${sharedMemoryPath} in writablePaths`]
    : [];
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
    ...cycles(waits).map((way) => {
      const group = workloads[way[0]!]!.part.group;
      return `${group}.dependsOn: parts must not wait for each other; got ${way.join(" → ")}; put one of them into uses`;
    }),
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
