/** The groups of settings that name an image of the product's. */
export const productImages = ["api", "web"] as const;
export type ProductImage = (typeof productImages)[number];

/** One value for each of the product's images. */
export type PerImage<Value> = Readonly<Record<ProductImage, Value>>;

export const perImage = <Value>(valueOf: (image: ProductImage) => Value): PerImage<Value> =>
  Object.fromEntries(productImages.map((image) => [image, valueOf(image)])) as PerImage<Value>;

/** The label that says which part an object or a pod belongs to. */
export const nameLabel = "app.kubernetes.io/name";

/** One workload of a preview, as far as others need to know of it. Plain JSON: the stack's outputs carry it. */
export interface Part {
  /** What its workload, its Service and the label app.kubernetes.io/name of its pods are called. */
  readonly name: string;
  /**
   * A server serves by HTTP and is updated without a gap. A database keeps data on a volume. A migration ends, and the server of
   * the same settings isn't changed before.
   */
  readonly role: "server" | "database" | "migration";
  /** What makes its pods. */
  readonly kind: "Deployment" | "StatefulSet" | "Job";
  /** The port of its Service; undefined where it has none. */
  readonly port?: number;
  /** The port that its container listens on. */
  readonly targetPort?: number;
  /** The group of settings that it is made from: its image is the setting `<group>.image`. */
  readonly group: string;
  /** The settings to look at where its container ends by itself. */
  readonly crashSettings: readonly string[];
  /** The settings to look at where it runs and doesn't get ready. */
  readonly readySettings: readonly string[];
  /** What its image has to run a script with. */
  readonly interpreter: "python3" | "node" | "bash";
}

/** A part that others connect to. */
export interface ListeningPart extends Part {
  readonly port: number;
  readonly targetPort: number;
}

/** The parts of a preview by their names. */
export interface Parts {
  readonly api: ListeningPart;
  readonly web: ListeningPart;
  readonly db: ListeningPart;
  readonly migration: Part;
  readonly [name: string]: Part;
}

/** Those that every preview has, as the settings' defaults make them. */
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

/** The parts of a preview that has these settings. */
export const partsOf = ({ api, web }: PerImage<{ readonly port: number }>): Parts => ({
  ...standardParts,
  api: { ...standardParts.api, targetPort: api.port },
  web: { ...standardParts.web, targetPort: web.port },
});

/** What a preview has whose outputs don't say it: an older version has made it. */
export const standardPartList: readonly Part[] = Object.values(standardParts);

/** Those whose pods stay, all but migrations. */
export const longRunning = (parts: readonly Part[]): Part[] => parts.filter(({ role }) => role !== "migration");

/** Those that run an image of the product's, which a pull request builds. */
export const ofProduct = (parts: readonly Part[]): Part[] =>
  parts.filter(({ group }) => (productImages as readonly string[]).includes(group));

/** Those of the product that serve. */
export const productServers = (parts: readonly Part[]): Part[] =>
  ofProduct(parts).filter(({ role }) => role === "server");

/** The value for the image that a part of the product runs. */
export const ofImage = <Value>(values: PerImage<Value>, { group }: Part): Value => values[group as ProductImage];

/** By the alphabet, so that what is made of them is the same in whatever order they stand. */
export const sortedNames = (parts: readonly Part[]): string[] => parts.map(({ name }) => name).sort();

/** What a workload is to `kubectl`, `deployment/api`; not for a Job, whose name changes with its image. */
export const referenceOf = ({ kind, name }: Part): string => `${kind.toLowerCase()}/${name}`;

/** `db:5432`, where it listens inside a preview. */
export const addressOf = ({ name, port }: ListeningPart): string => `${name}:${port}`;
