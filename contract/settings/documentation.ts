import { z } from "zod";
import { settingsSchema } from "./schema";

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

/** The shape of a setting as JSON Schema tells it, as far as it is needed here. */
interface Shape {
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly description?: string;
  readonly default?: unknown;
}

const shapes = () => (z.toJSONSchema(settingsSchema, { unrepresentable: "any" }) as Shape).properties ?? {};

/** Every setting that a stack's configuration may have, groups opened up. */
export function settingRows(): SettingRow[] {
  return Object.entries(shapes()).flatMap(([name, shape]) => rows(name, shape));
}

function rows(name: string, shape: Shape): SettingRow[] {
  const own = { name, type: typeOf(shape), default: defaultOf(shape), description: shape.description ?? "" };
  const inner = Object.entries(shape.properties ?? {}).flatMap(([key, value]) => rows(`${name}.${key}`, value));
  return inner.length === 0 ? [own] : inner;
}

function typeOf(shape: Shape): string {
  return shape.enum?.join(" | ") ?? shape.type ?? shape.anyOf?.map(typeOf).find((type) => type !== "") ?? "string";
}

function defaultOf(shape: Shape): string {
  const isEmpty = shape.default === undefined || shape.default === "";
  return isEmpty ? "" : JSON.stringify(shape.default);
}

/** What sets a setting that a stack's configuration has, but nobody writes there by hand. */
const setOtherwise: Readonly<Record<string, string>> = {
  "api.sha": "the tag or digest of `api.image`",
  "web.sha": "the tag or digest of `web.image`",
  "database.generation": "`preview reset-db`, `preview up --replace-database`",
  asleep: "`preview sleep`, `preview wake`",
};

/** The settings that people set, as the rows of a table, its head first. */
export function settingsTable(): string[][] {
  const own = settingRows().filter(({ name }) => !(name in setOtherwise));
  return [["setting", "type", "default", "meaning"], ...own.map(cellsOf)];
}

/** The other settings, with what sets them. */
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
 * The `config:` block of `Pulumi.yaml`. Every key has a default, and what isn't a group is declared a string: otherwise
 * the CLI would refuse every command, one key at a time and also at destroy, before our own validation speaks.
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
      // Empty says nothing, so that what a stack's file leaves out can be told from what it says.
      return { type: "string", default: "" };
  }
}
