/** The settings groups that name one of the product's images. */
export const productImages = ["api", "web"] as const;
export type ProductImage = (typeof productImages)[number];

/** One value for each of the product's images. */
export type PerImage<Value> = Readonly<Record<ProductImage, Value>>;

export const perImage = <Value>(valueOf: (image: ProductImage) => Value): PerImage<Value> =>
  Object.fromEntries(productImages.map((image) => [image, valueOf(image)])) as PerImage<Value>;

/** The label with the part that an object or a pod belongs to. */
export const nameLabel = "app.kubernetes.io/name";

/** One workload of a preview. Plain JSON, since it is part of the stack's outputs. */
export interface Part {
  /** The name of its workload and its Service, and the value of its pods' label app.kubernetes.io/name. */
  readonly name: string;
  /**
   * A server speaks HTTP and is updated without downtime. A database keeps its data on a volume. A migration runs to completion
   * before the server of the same settings group is changed.
   */
  readonly role: "server" | "database" | "migration";
  /** The kind of its workload. */
  readonly kind: "Deployment" | "StatefulSet" | "Job";
  /** The port of its Service; undefined if it has none. */
  readonly port?: number;
  /** The port that its container listens on. */
  readonly targetPort?: number;
  /** Its settings group: its image is the setting `<group>.image`. */
  readonly group: string;
  /** The settings to check if its container exits. */
  readonly crashSettings: readonly string[];
  /** The settings to check if its container runs but doesn't become ready. */
  readonly readySettings: readonly string[];
  /** The interpreter in its image that can run a script. */
  readonly interpreter: "python3" | "node" | "bash";
}

/** A part that other parts connect to. */
export interface ListeningPart extends Part {
  readonly port: number;
  readonly targetPort: number;
}

/** A preview's parts by name. */
export interface Parts {
  readonly api: ListeningPart;
  readonly web: ListeningPart;
  readonly db: ListeningPart;
  readonly migration: Part;
  readonly [name: string]: Part;
}

/** The parts that every preview has, with the default settings. */
export const standardParts: Parts = {
  api: {
    name: "api",
    role: "server",
    kind: "Deployment",
    port: 8000,
    targetPort: 8000,
    group: "api",
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
    crashSettings: ["api.migrate", "api.image"],
    readySettings: ["api.readyPath", "api.port"],
    interpreter: "python3",
  },
};

/** The parts of a preview with these settings. */
export const partsOf = ({ api, web }: PerImage<{ readonly port: number }>): Parts => ({
  ...standardParts,
  api: { ...standardParts.api, targetPort: api.port },
  web: { ...standardParts.web, targetPort: web.port },
});

/** The parts of a preview whose outputs don't list them, since an older version wrote them. */
export const standardPartList: readonly Part[] = Object.values(standardParts);

/** The parts whose pods keep running: all but migrations. */
export const longRunning = (parts: readonly Part[]): Part[] => parts.filter(({ role }) => role !== "migration");

/** The parts that run one of the product's images, which a pull request builds. */
export const ofProduct = (parts: readonly Part[]): Part[] =>
  parts.filter(({ group }) => (productImages as readonly string[]).includes(group));

/** The servers among the product's parts. */
export const productServers = (parts: readonly Part[]): Part[] =>
  ofProduct(parts).filter(({ role }) => role === "server");

/** The value for the image that one of the product's parts runs. */
export const ofImage = <Value>(values: PerImage<Value>, { group }: Part): Value => values[group as ProductImage];

/** The parts' names in alphabetical order, so that the result doesn't depend on the order of the parts. */
export const sortedNames = (parts: readonly Part[]): string[] => parts.map(({ name }) => name).sort();

/** A workload as `kubectl` names it, `deployment/api`; not for a Job, whose name changes with its image. */
export const referenceOf = ({ kind, name }: Part): string => `${kind.toLowerCase()}/${name}`;

/** `db:5432`, a part's address inside the preview. */
export const addressOf = ({ name, port }: ListeningPart): string => `${name}:${port}`;
