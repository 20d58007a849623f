import { z } from "zod";
import { settingsSchema } from "./schema";

/** The parts of a setting's JSON Schema that are used here. */
export interface Shape {
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  /** The values of a map with names that the settings choose. */
  readonly additionalProperties?: Shape | boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
  /** The values of a list. */
  readonly items?: Shape;
  readonly description?: string;
  readonly default?: unknown;
}

let shape: Shape | undefined;

/** The shape of all settings together. It is made when it is first needed, since that takes longer than to parse them. */
export const settingsShape = (): Shape =>
  (shape ??= z.toJSONSchema(settingsSchema, { unrepresentable: "any" }) as Shape);

/** The names of the settings in a group, in any form that it may have. @param path the group's */
export const namesIn = (path: readonly PropertyKey[]): string[] =>
  path
    .reduce<Shape[]>((shapes, key) => shapes.flatMap((shape) => below(shape, key)), formsOf(settingsShape()))
    .flatMap(({ properties = {} }) => Object.keys(properties));

function below({ properties = {}, additionalProperties, items }: Shape, key: PropertyKey): Shape[] {
  const named = Object.hasOwn(properties, key) ? properties[String(key)] : undefined;
  const other = typeof additionalProperties === "object" ? additionalProperties : items;
  const shape = named ?? other;
  return shape === undefined ? [] : formsOf(shape);
}

const formsOf = (shape: Shape): Shape[] => shape.anyOf?.flatMap(formsOf) ?? [shape];
