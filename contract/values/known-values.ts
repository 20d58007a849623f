import { databaseUrl } from "../database";
import type { Names } from "../names";
import { type Listener, standardParts } from "../parts";
import { randomValue } from "./random";
import type { SecretText } from "./secret-text";

/** What values are made from. */
export interface ValueSources {
  readonly pullRequest: number;
  readonly names: Names;
  readonly port: number;
  readonly database: { readonly name: string; readonly user: string };
  /** The revision of each image that a commit changes. */
  readonly revisions: Readonly<Record<string, string>>;
  /** The parts that listen, the database apart. */
  readonly listeners: readonly Listener[];
  /** The setting `secrets`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Values by name: a secret one is a {@link SecretText}. */
export class KnownValues {
  private readonly fixed: ReadonlyMap<string, string | SecretText>;

  constructor(sources: ValueSources) {
    this.fixed = new Map(Object.entries(fixedValues(sources)));
  }

  /** Undefined where there is no such value. */
  get(value: string): string | SecretText | undefined {
    return this.fixed.get(value) ?? (randomValue(value) === undefined ? undefined : [{ generated: value }]);
  }

  /** All names, for the message about one that isn't there. */
  list(): string {
    return [...this.fixed.keys(), "random.NAME", "random.NAME.base64", "random.NAME.base64url"].sort().join(", ");
  }
}

function fixedValues({ pullRequest, names, port, database, revisions, listeners, secrets }: ValueSources) {
  return {
    host: names.host,
    hostport: port === 443 ? names.host : `${names.host}:${port}`,
    origin: names.origin,
    number: String(pullRequest),
    namespace: names.namespace,
    "database.host": standardParts.db.name,
    "database.port": String(standardParts.db.port),
    "database.name": database.name,
    "database.user": database.user,
    "database.password": [{ generated: "databasePassword" }],
    "database.url": databaseUrl(database),
    ...prefixed("sha", revisions),
    ...Object.assign({}, ...listeners.map(addressValues)),
    ...Object.fromEntries(Object.entries(secrets).map(([name, text]) => [`secret.${name}`, [text]])),
  } as Readonly<Record<string, string | SecretText>>;
}

function addressValues({ name, ports }: Listener): Record<string, string> {
  const [only, ...others] = ports;
  const named = Object.fromEntries(ports.map(({ name, port }) => [name, String(port)]));
  return {
    [`${name}.host`]: name,
    ...(only !== undefined && others.length === 0 && { [`${name}.port`]: String(only.port) }),
    ...(others.length > 0 && prefixed(`${name}.port`, named)),
  };
}

const prefixed = (prefix: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
