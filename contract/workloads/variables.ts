import type { SecretText } from "../values";
import type { PartValues } from "./part-values";
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
  const all = layers.reduce<Record<string, VariableValue>>((below, { group, env, secrets, omit }) => {
    const given = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        typeof value === "string" ? texts.variable(value, `${group}.env.${name}`) : value,
      ]),
    );
    const secret = Object.fromEntries(
      Object.entries(secrets).map(([name, text]): [string, SecretText] => [name, [text]]),
    );
    const kept = Object.fromEntries(Object.entries(below).filter(([name]) => !omit.includes(name)));
    // Own ones stand first, so that what a product adds doesn't move the contract's: a pod rolls when they do.
    return { ...given, ...secret, ...kept, ...given, ...secret };
  }, contract);
  const secrets = Object.entries(all).filter((entry): entry is [string, SecretText] => Array.isArray(entry[1]));
  return {
    environment: Object.fromEntries(
      Object.entries(all).map(([name, value]): [string, Variable] => [
        name,
        isSecret(value) ? { ownSecret: name } : value,
      ]),
    ),
    secrets: Object.fromEntries(secrets),
  };
}

const isSecret = (value: VariableValue): value is SecretText => Array.isArray(value);
