/** One value for each image of the product's that a commit changes: `api`, `web`, and services with `perCommit`. */
export type PerImage<Value> = Readonly<Record<string, Value>>;

/** The label with the part that an object or a pod belongs to. */
export const nameLabel = "app.kubernetes.io/name";

/** One workload of a preview. Plain JSON, since it is part of the stack's outputs. */
export interface Part {
  /** The name of its workload and its Service, and the value of its pods' label app.kubernetes.io/name. */
  readonly name: string;
  /**
   * A server is the API or the web, a service comes from the setting `services`. A database keeps its data on a volume. A
   * migration runs to completion before the server of the same settings group is changed.
   */
  readonly role: "server" | "service" | "database" | "migration";
  /** The kind of its workload. */
  readonly kind: "Deployment" | "StatefulSet" | "Job";
  /** The port of its Service; undefined if it has none. */
  readonly port?: number;
  /** The port that its container listens on. */
  readonly targetPort?: number;
  /** Its settings group: `api`, `services.worker`. */
  readonly group: string;
  /** Its image, if a commit changes it: a key of the outputs' `images`. */
  readonly runs?: string;
  /** The setting of its image, where that is another part's and no commit changes it: see {@link imageSettingOf}. */
  readonly imageSetting?: string;
  /**
   * The settings of its variables that name a Secret in the namespace, by that Secret: `{ mail: ["api.env.MAIL_TOKEN"] }`, also in a
   * part made `from` the API. Undefined if there are none; older versions didn't write it.
   */
  readonly secretSettings?: Readonly<Record<string, readonly string[]>>;
  /** The settings to check if its container exits. */
  readonly crashSettings: readonly string[];
  /** The settings to check if its container runs but doesn't become ready. */
  readonly readySettings: readonly string[];
  /** The interpreter in its image that can run a script, if that is known. */
  readonly interpreter?: "python3" | "node" | "bash";
}

/** A part that other parts connect to. */
export interface ListeningPart extends Part {
  readonly port: number;
  readonly targetPort: number;
}

/** A part that others connect to, by its Service's ports. */
export interface Listener {
  readonly name: string;
  readonly ports: readonly Port[];
}

/** A Service's port, and the container's port behind it. */
export interface Port {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
}

/** A preview's parts by name. */
export interface Parts {
  readonly api: ListeningPart;
  /** Undefined with `web.enabled: false`. */
  readonly web?: ListeningPart;
  readonly db: ListeningPart;
  /** Undefined with `api.migrate: none`. */
  readonly migration?: Part;
  readonly [name: string]: Part | undefined;
}

/** The parts that a preview has with the default settings. */
export const standardParts = {
  api: {
    name: "api",
    role: "server",
    kind: "Deployment",
    port: 8000,
    targetPort: 8000,
    group: "api",
    runs: "api",
    crashSettings: ["api.command", "api.image"],
    readySettings: ["api.readyPath", "api.port"],
    interpreter: "python3",
  },
  web: {
    name: "web",
    role: "server",
    kind: "Deployment",
    port: 3000,
    targetPort: 3000,
    group: "web",
    runs: "web",
    crashSettings: ["web.command", "web.image"],
    readySettings: ["web.readyPath", "web.port"],
    interpreter: "node",
  },
  db: {
    name: "db",
    role: "database",
    kind: "StatefulSet",
    port: 5432,
    targetPort: 5432,
    group: "database",
    crashSettings: ["database.uid", "database.image"],
    readySettings: ["database.image"],
    interpreter: "bash",
  },
  migration: {
    name: "migration",
    role: "migration",
    kind: "Job",
    group: "api",
    runs: "api",
    crashSettings: ["api.migrate", "api.image"],
    readySettings: ["api.readyPath", "api.port"],
    interpreter: "python3",
  },
} as const satisfies Parts;

/** A preview's parts as a list, which is what its outputs have. */
export const partList = (parts: Parts): Part[] => Object.values(parts).filter((part) => part !== undefined);

/** The parts of a preview whose outputs don't list them, since an older version wrote them. */
export const standardPartList: readonly Part[] = Object.values(standardParts);

/** The parts whose pods keep running: all but migrations. */
export const longRunning = (parts: readonly Part[]): Part[] => parts.filter(({ role }) => role !== "migration");

/** The names of the parts whose pods keep running, in alphabetical order. */
export const runningNames = (parts: readonly Part[]): string[] => sortedNames(longRunning(parts));

/**
 * The name of the part that the public host's `/` leads to: the web, or the API where there is none.
 *
 * @param names the parts'
 */
export const frontOf = (names: readonly string[]): string =>
  names.includes(standardParts.web.name) ? standardParts.web.name : standardParts.api.name;

/** Whether a preview migrates its database itself, before the API changes. */
export const hasMigration = (parts: readonly Part[]): boolean => parts.some(({ role }) => role === "migration");

/**
 * The parts that lose data when their pods end: services of other people's images, such as Redis, which have no volume. What runs
 * one of the product's images may lose its files at every rollout, so it keeps nothing in them.
 */
export const losingData = (parts: readonly Part[]): Part[] =>
  parts.filter((part) => part.role === "service" && imageOf(part) === undefined);

/** The parts that run one of the product's images, which a commit changes. */
export const ofProduct = (parts: readonly Part[]): Part[] => parts.filter((part) => imageOf(part) !== undefined);

/** The product's parts whose pods keep running. */
export const productWorkloads = (parts: readonly Part[]): Part[] => longRunning(ofProduct(parts));

/** The product's image that a part runs. An older version's outputs have only its group. */
export const imageOf = ({ runs, group, role }: Part): string | undefined =>
  runs ?? (role === "server" || role === "migration" ? group : undefined);

/** The setting of the image that a part runs, which is another part's where it inherits the image. */
export const imageSettingOf = ({
  imageSetting: given,
  runs,
  group,
}: Pick<Part, "imageSetting" | "runs" | "group">): string =>
  given ?? (runs === undefined ? `${group}.image` : imageSetting(runs));

/** The setting of one of the product's images: `api.image`, `services.collab.image`. */
export const imageSetting = (image: string): string =>
  Object.hasOwn(standardParts, image) ? `${image}.image` : `services.${image}.image`;

/** The value for the image that one of the product's parts runs. */
export const ofImage = <Value>(values: PerImage<Value>, part: Part): Value | undefined => values[imageOf(part) ?? ""];

/** The parts' names in alphabetical order, so that the result doesn't depend on the order of the parts. */
export const sortedNames = (parts: readonly Part[]): string[] => parts.map(({ name }) => name).sort();

/** The name of a part's own container. */
export const containerOf = ({ name, role }: Pick<Part, "name" | "role">): string =>
  role === "database" ? "postgres" : role === "migration" ? "migrate" : name;

/** A workload as `kubectl` names it, `deployment/api`; not for a Job, whose name changes with its image. */
export const referenceOf = ({ kind, name }: Part): string => `${kind.toLowerCase()}/${name}`;

/** `db:5432`, where it listens inside a preview. */
export const addressOf = ({ name, port }: Pick<ListeningPart, "name" | "port">): string => `${name}:${port}`;
