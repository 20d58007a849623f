import * as pulumi from "@pulumi/pulumi";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  copiesFolder,
  type DeploymentRecord,
  generationOf,
  type HandedOver,
  handedOverVariable,
  isEncrypted,
  keyOf,
  type Leaves,
  leavesOf,
  parseSettings,
  parseStackFile,
  type Settings,
  type SettingsInput,
} from "../contract";
import type { Existing } from "./preflight";

/** What the stack that is being updated is to be. */
export interface Configuration {
  readonly given: SettingsInput;
  /** The same by leaf. */
  readonly leaves: Leaves;
  /** Paths of the leaves that are secret. */
  readonly secrets: readonly string[];
  /** What all previews share; empty where there is no `Pulumi.preview.yaml`. */
  readonly shared: Leaves;
  /** The stack's file as it was deployed last from this checkout; undefined where it wasn't. */
  readonly copy?: Leaves;
  /** Undefined where a person runs `pulumi up`. */
  readonly handedOver?: HandedOver;
}

/** Reads the configuration of the stack that is being updated, and the files beside it. */
export function stackConfiguration(env = process.env): Configuration {
  const project = pulumi.getProject();
  const given = fromConfiguration(pulumi.runtime.allConfig(), project);
  const leaves = leavesOf(given);
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  const handed = env[handedOverVariable];
  const handedOver = handed === undefined ? undefined : (JSON.parse(handed) as HandedOver);
  const known = handedOver?.secrets ?? encryptedIn(settingsIn(file));
  return {
    given,
    leaves,
    secrets: secretPaths(leaves, known, (key) => isConfigSecret(fullKey(key, project))),
    shared: settingsIn("Pulumi.preview.yaml") ?? {},
    copy: settingsIn(join(copiesFolder, file)),
    handedOver,
  };
}

/**
 * Settings of the stack that is being updated.
 *
 * @param deployed what was deployed last: a configuration that doesn't say whether the preview sleeps leaves it as it is
 * @param existing what the cluster has: which database this is stays as it is where the configuration doesn't say
 */
export function stackSettings(
  { given }: Pick<Configuration, "given">,
  deployed?: Pick<DeploymentRecord, "asleep">,
  { database }: Existing = {},
): Settings {
  const isGroup = given.database === undefined || typeof given.database === "object";
  return parseSettings(pulumi.getStack(), pulumi.getProject(), {
    asleep: deployed?.asleep,
    ...given,
    ...(database && isGroup && { database: { generation: generationOf(database), ...given.database } }),
  });
}

/**
 * A project's part of Pulumi's configuration, which is all text, as settings. Keys that aren't ours are kept, so that a
 * misspelt one is reported. What is empty is left out: `Pulumi.yaml` gives every key an empty default, so that the CLI
 * doesn't complain about keys one at a time before our own validation names all.
 */
export function fromConfiguration(configuration: Readonly<Record<string, string>>, project: string): SettingsInput {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key, text]) => key.startsWith(prefix) && !["", "{}", "[]"].includes(text))
      .map(([key, text]) => [key.slice(prefix.length), group(text) ?? text]),
  );
}

/** A text that only looks like a group is kept: its setting's rule says what is wrong with it. */
function group(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Paths of the secret ones among leaves. Pulumi only says of an outermost key that there is a secret below it: where nobody
 * knows which leaf it is, all of them are.
 */
export function secretPaths(
  leaves: Leaves,
  known: readonly string[],
  isSecret: (key: string) => boolean,
): readonly string[] {
  const isKnown = (path: string) =>
    known.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const knownKeys = new Set(known.map(keyOf));
  return Object.keys(leaves).filter((path) => isKnown(path) || (isSecret(keyOf(path)) && !knownKeys.has(keyOf(path))));
}

/** The SDK has it, and uses it for `pulumi.Config`, but doesn't declare it (pulumi/pulumi, sdk/nodejs/runtime/config.ts). */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (key: string) => boolean };

const encryptedIn = (settings: Leaves = {}) => Object.keys(settings).filter((path) => isEncrypted(settings[path]));
const fullKey = (key: string, project: string) => (key.includes(":") ? key : `${project}:${key}`);

function settingsIn(name: string): Leaves | undefined {
  const file = join(pulumi.getRootDirectory(), name);
  return existsSync(file) ? parseStackFile(readFileSync(file, "utf8"), pulumi.getProject()).settings : undefined;
}
