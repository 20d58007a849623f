import type { SecretText } from "../values";
import type { Layer, PartValues } from "./part-values";
import type { Texts } from "./texts";

/** A variable before it is known which of a container's Secrets holds it. */
export type VariableValue = string | SecretText | { readonly secret: string; readonly key: string };

/** What a container sees. */
export interface Variables {
  /** In clear, or in a Secret that the platform puts into the namespace, or in the container's own. */
  readonly environment: Environment;
  /** What the container's own Secret holds. */
  readonly secrets: Readonly<Record<string, SecretText>>;
}

/**
 * The value of a variable: a text; a key of the container's own Secret, made here; or a key of a Secret that the
 * platform puts into the namespace.
 */
export type Variable = string | { readonly ownSecret: string } | { readonly secret: string; readonly key: string };
export type Environment = Readonly<Record<string, Variable>>;

/** A variable that a layer of settings gives: a text or a reference to be put in place, or a secret, which is literal. */
type Given = { readonly group: string; readonly value: Layer["env"][string] } | { readonly value: SecretText };

/** What the layers of settings give, the last one wins. */
export const givenBy = (layers: readonly Layer[]): Readonly<Record<string, Given>> =>
  layers.reduce<Readonly<Record<string, Given>>>((below, { group, env, secrets, omit }) => {
    const own: Record<string, Given> = {
      ...mapped(env, (value) => ({ group, value })),
      ...mapped(secrets, (text) => ({ value: [text] })),
    };
    // Own ones stand first, so that what a product adds doesn't move the others: a pod rolls when they do.
    return { ...own, ...without(below, omit), ...own };
  }, {});

/**
 * A part's variables: the contract's, then those of each layer of settings. The last one wins.
 *
 * @param contract what the preview gives a part of this base
 */
export function variablesOf(
  { layers }: Pick<PartValues, "layers">,
  contract: Readonly<Record<string, VariableValue>>,
  texts: Texts,
): Variables {
  const given = mapped(givenBy(layers), (variable, name): VariableValue =>
    "group" in variable && typeof variable.value === "string"
      ? texts.variable(variable.value, `${variable.group}.env.${name}`)
      : variable.value,
  );
  const kept = without(
    contract,
    layers.flatMap(({ omit }) => omit),
  );
  const all = { ...given, ...kept, ...given };
  const secrets = Object.entries(all).filter((entry): entry is [string, SecretText] => Array.isArray(entry[1]));
  return {
    environment: mapped(all, (value, name): Variable => (isSecret(value) ? { ownSecret: name } : value)),
    secrets: Object.fromEntries(secrets),
  };
}

const isSecret = (value: VariableValue): value is SecretText => Array.isArray(value);

const mapped = <From, To>(values: Readonly<Record<string, From>>, to: (value: From, name: string) => To) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value, name)]));

const without = <Value>(values: Readonly<Record<string, Value>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
