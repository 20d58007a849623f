import { limits } from "../limits";
import { type Port, standardParts } from "../parts";
import type { SettingsValues } from "../settings/schema";
import type { PartValues, ServiceValues } from "./part-values";

/** A service that takes over nothing. */
const defaults = {
  writablePaths: ["/tmp"],
  resources: { cpu: "50m", memory: "128Mi", memoryLimit: "512Mi" },
} satisfies Partial<PartValues>;

/**
 * The API, the web if there is one, and the services, with what they take over from others: what is given beside `from` wins, key
 * by key in maps, whole in lists.
 *
 * @param values without a cycle in `from`, and without a name there that isn't a part's
 */
export function inherit(values: SettingsValues): ReadonlyMap<string, PartValues> {
  const { api, web, services } = values;
  const found = new Map<string, PartValues>();
  found.set("api", server("api", api));
  if (web.enabled) {
    found.set("web", server("web", web));
  }
  const resolve = (name: string): PartValues => {
    const known = found.get(name);
    if (known !== undefined) {
      return known;
    }
    const given = services[name]!;
    const { from, imageFrom } = given;
    const base = from === undefined ? undefined : resolve(from);
    const imageOf = imageFrom === undefined ? base : resolve(imageFrom);
    const resolved = service(name, given, base, imageOf);
    found.set(name, resolved);
    return resolved;
  };
  Object.keys(services).forEach(resolve);
  return found;
}

function server(name: "api" | "web", given: SettingsValues["api"] | SettingsValues["web"]): PartValues {
  const { env, secrets, omit, port, readOnlyRoot = true, stopSeconds = limits.podEndSeconds } = given;
  const { uses = [], dependsOn = [], ...rest } = given;
  return {
    ...rest,
    name,
    group: name,
    base: name,
    imageGroup: name,
    runs: name,
    ports: [{ name: "http", port: name === "api" ? standardParts.api.port : port, targetPort: port }],
    readOnlyRoot,
    stopSeconds,
    uses,
    dependsOn,
    single: false,
    layers: [{ group: name, env, secrets, omit }],
  };
}

function service(name: string, given: ServiceValues, base?: PartValues, imageOf?: PartValues): PartValues {
  const group = `services.${name}`;
  const { env, secrets, omit, perCommit, stopSeconds = limits.podEndSeconds } = given;
  const { image, imageGroup, runs } =
    given.image === undefined && imageOf !== undefined
      ? imageOf
      : // Without an image the settings are invalid, and only what else is wrong with them is of interest.
        { image: given.image ?? "", imageGroup: group, runs: perCommit ? name : undefined };
  return {
    name,
    group,
    base: base?.base,
    image,
    imageGroup,
    runs,
    command: given.command,
    args: given.args,
    ports: portsOf(given),
    uid: given.uid ?? base?.uid,
    // A group of the base's goes with its user.
    gid: given.gid ?? (given.uid === undefined ? base?.gid : undefined),
    readOnlyRoot: given.readOnlyRoot ?? base?.readOnlyRoot ?? true,
    writablePaths: given.writablePaths ?? base?.writablePaths ?? defaults.writablePaths,
    sharedMemory: given.sharedMemory,
    resources: { ...(base?.resources ?? defaults.resources), ...given.resources },
    checks: given.checks,
    stopSeconds,
    uses: given.uses ?? without(name, base?.uses),
    dependsOn: given.dependsOn ?? without(name, base?.dependsOn),
    egress: given.egress ?? base?.egress,
    // Rights are for the part that asks for them.
    serviceAccount: given.serviceAccount,
    single: given.single ?? (given.image !== undefined && !perCommit),
    layers: [...(base?.layers ?? []), { group, env, secrets, omit }],
  };
}

const without = (name: string, names: readonly string[] = []) => names.filter((other) => other !== name);

function portsOf({ port, ports = {} }: ServiceValues): Port[] {
  const named = port === undefined ? Object.entries(ports) : [["http", port] as const];
  return named.map(([name, port]) => ({ name, port, targetPort: port }));
}
