import { type Shape, settingsShape } from "./shape";

/** One row of the settings table. */
export interface SettingRow {
  /** `api.image` */
  readonly name: string;
  readonly type: string;
  /** As JSON; empty where the setting has none. */
  readonly default: string;
  readonly description: string;
}

/** A setting as the `config:` block of `Pulumi.yaml` declares it. */
export interface ConfigDeclaration {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly description: string;
  readonly default: unknown;
}

const shapes = () => settingsShape().properties ?? {};

/** Every setting, with groups expanded; those of any service once, as `services.<name>`. */
export function settingRows(): SettingRow[] {
  return Object.entries(shapes()).flatMap(([name, shape]) => rows(name, shape));
}

function rows(name: string, shape: Shape): SettingRow[] {
  const own = { name, type: typeOf(shape), default: defaultOf(shape), description: shape.description ?? "" };
  const { additionalProperties: named } = shape;
  if (typeof named === "object" && named.properties !== undefined) {
    return rows(`${name}.<name>`, named);
  }
  const inner = Object.entries(shape.properties ?? {}).flatMap(([key, value]) => rows(`${name}.${key}`, value));
  return inner.length === 0 ? [own] : inner;
}

function typeOf(shape: Shape): string {
  if (typeof shape.const === "string" && shape.const !== "") {
    return shape.const;
  }
  const alternatives = new Set(shape.anyOf?.map(typeOf));
  return shape.enum?.join(" | ") ?? shape.type ?? ([...alternatives].join(" | ") || "string");
}

function defaultOf(shape: Shape): string {
  const isEmpty = shape.default === undefined || shape.default === "";
  return isEmpty ? "" : JSON.stringify(shape.default);
}

/** Settings that nobody sets by hand, with what sets them. */
const setOtherwise: Readonly<Record<string, string>> = {
  "api.sha": "the tag or digest of `api.image`",
  "web.sha": "the tag or digest of `web.image`",
  "database.generation": "`preview reset-db`, `preview up --replace-database`",
  asleep: "`preview sleep`, `preview wake`",
};

/** The settings that people set by hand, as table rows, header first. */
export function settingsTable(): string[][] {
  const own = settingRows().filter(({ name }) => !(name in setOtherwise));
  return [["setting", "type", "default", "meaning"], ...own.map(cellsOf)];
}

/** The other settings as table rows, with what sets them. */
export function setOtherwiseTable(): string[][] {
  const others = settingRows().filter(({ name }) => name in setOtherwise);
  const rows = others.map((row) => [...cellsOf(row), setOtherwise[row.name] ?? ""]);
  return [["setting", "type", "default", "meaning", "set by"], ...rows];
}

const cellsOf = (row: SettingRow): string[] => [
  `\`${row.name}\``,
  row.type,
  row.default && `\`${row.default}\``,
  row.description,
];

/**
 * The `config:` block of `Pulumi.yaml`. Every key has a default, and everything but a group is declared a string. Otherwise
 * the CLI would refuse every command, even destroy, naming one key at a time, before our own validation runs.
 */
export function configDeclarations(): Record<string, ConfigDeclaration> {
  return Object.fromEntries(
    Object.entries(shapes()).map(([name, shape]) => [
      name,
      { ...declared(shape), description: shape.description ?? "" },
    ]),
  );
}

function declared({ type }: Shape): Pick<ConfigDeclaration, "type" | "items" | "default"> {
  switch (type) {
    case "object":
      return { type, default: {} };
    case "array":
      return { type, items: { type: "object" }, default: [] };
    default:
      // Empty means not set, which differs from every value that a stack's file can set.
      return { type: "string", default: "" };
  }
}
